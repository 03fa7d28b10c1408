from __future__ import annotations

import pytest

from sedno.evaluation.bootstrap import Interval
from sedno.evaluation.report.tables import figure, percent, signed, table, with_interval


def test_columns_line_up_and_figures_stand_to_the_right() -> None:
    """Every line has one width; Markdown is told the alignment."""
    lines = table(("system", "n"), [("a", "7"), ("longer", "1234")]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1] == "| ------ | ---: |"
    assert lines[2] == "| a      |    7 |"


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    """It is escaped."""
    assert "a\\|b" in table(("x",), [("a|b",)])


def test_a_row_of_another_length_is_refused() -> None:
    """The error shows the row."""
    with pytest.raises(ValueError, match="has 1 cells, the header 2"):
        table(("a", "b"), [("only",)])


def test_what_is_not_known_is_a_dash() -> None:
    """Neither None nor NaN is printed as a number."""
    assert figure(None) == figure(float("nan")) == percent(None) == "–"


def test_a_difference_clear_of_zero_has_a_star() -> None:
    """The star stands only where the interval does not hold zero."""
    assert signed(Interval(0.1, 0.05, 0.15)) == "+0.100 [+0.050, +0.150] *"
    assert signed(Interval(-0.1, -0.2, 0.0)) == "-0.100 [-0.200, +0.000]"
    assert with_interval(Interval(0.5, 0.4, 0.6)) == "0.500 [0.400, 0.600]"
    assert percent(0.051) == "5.1 %"
