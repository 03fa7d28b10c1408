"""What an evaluation found: plain frozen values that reports are rendered from."""

from __future__ import annotations

from dataclasses import dataclass

from sedno.evaluation.benchmarks.benchmark import Published
from sedno.evaluation.bootstrap import Interval
from sedno.evaluation.calibration_metrics import Bin, Coverage
from sedno.evaluation.machine import Machine
from sedno.evaluation.metrics import Difference, SystemScore
from sedno.evaluation.outcomes import Outcomes
from sedno.evaluation.panels import StudyResult
from sedno.evaluation.trust import Trust


@dataclass(frozen=True, slots=True)
class Slice:
    """The artefact on a part of the test items.

    Attributes:
        by: What the items were sliced by: ``length``, ``language``, ``source``, ….
        name: The part.
        items: Labelled items in it.
        accuracy: Share of right answers.
        macro_f1: Mean F1 over the labels that occur in the part.
        ece: Expected calibration error in the part; large by chance where it is small.
    """

    by: str
    name: str
    items: int
    accuracy: float
    macro_f1: float
    ece: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """What the artefact leaves to a person, and what it gets right without one.

    Attributes:
        target: The error rate that was asked for.
        band: Coverage and error outside the abstain band as the artefact draws it.
        at_95: Greatest coverage at 95 % precision that a perfectly placed threshold reaches.
        at_98: The same at 98 %.
    """

    target: float
    band: Coverage
    at_95: float
    at_98: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Macro-F1 between an annotator and the artefact, or between two annotators."""

    system: str
    annotator: str
    items: int
    macro_f1: Interval


@dataclass(frozen=True, slots=True)
class Matched:
    """The figures on the part where both labels have nearly equal lengths.

    Attributes:
        items: Items in it; none are scored where there are too few.
        length_auc: How well length alone parts the labels on the whole test (.5 is not at all).
        matched_auc: The same on the matched part.
        artefact: Score of the artefact there.
        baselines: Scores of the baselines there.
        differences: The artefact less each baseline there.
    """

    items: int
    length_auc: float
    matched_auc: float
    artefact: SystemScore
    baselines: tuple[SystemScore, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong answer, without its text.

    Attributes:
        corpus: Registry name of the corpus it comes from.
        id: Its id there.
        right: The right label.
        given: The answer.
        confidence: Its probability.
    """

    corpus: str
    id: str
    right: str
    given: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TaskResult:
    """All about one task of one benchmark.

    Attributes:
        task: Name of the task.
        labels: The labels that count.
        items: Labelled items.
        unlabelled: Items left out because they have no label.
        artefact: Score of the artefact.
        baselines: Scores of the baselines, on the same items.
        differences: The artefact less each baseline.
        confusion: Rows are true labels, columns the artefact's answers.
        reliability: The artefact's reliability curve.
        ece_of_chance: ECE that perfectly calibrated answers would show on so few items.
        abstention: Coverage and error with the abstain band.
        agreements: Agreement with each annotator, and between them, where there are several.
        slices: The artefact on parts of the items.
        outcomes: The answers item by item.
        trust: What confidence is worth.
        matched: The part where length gives nothing away; ``None`` where there is none.
        mistakes: The wrong answers the artefact was most sure of.
    """

    task: str
    labels: tuple[str, ...]
    items: int
    unlabelled: int
    artefact: SystemScore
    baselines: tuple[SystemScore, ...]
    differences: tuple[Difference, ...]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[Bin, ...]
    ece_of_chance: float
    abstention: Abstention
    agreements: tuple[Agreement, ...]
    slices: tuple[Slice, ...]
    outcomes: Outcomes
    trust: Trust
    matched: Matched | None
    mistakes: tuple[Mistake, ...]

    @property
    def only_label(self) -> str | None:
        """The one label that is ever right here, ``None`` where there are several."""
        occurring = [row.label for row in self.artefact.classes if row.support]
        return occurring[0] if len(occurring) == 1 else None


@dataclass(frozen=True, slots=True)
class Leakage:
    """Whether test items could be known beforehand.

    Attributes:
        keys_in_training: Test items whose text key occurs in the baselines' training part,
            after clean-up; must be 0.
        dropped: Training examples that were left out because they gave test items away.
        recipe_stated: Whether the artefact says what it was trained on.
        trained_on: Corpora of the test items that the artefact's recipe names.
        may_have_seen: Test items that the artefact may have learned from.
        left_out: How many of those were therefore left out of the test; the others stay in
            only where nothing else would be left.
    """

    keys_in_training: int
    dropped: int
    recipe_stated: bool
    trained_on: tuple[str, ...]
    may_have_seen: int
    left_out: int

    @property
    def in_sample(self) -> bool:
        """Whether the artefact is judged on items it may have learned from."""
        return self.may_have_seen > self.left_out


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """All about one benchmark."""

    name: str
    title: str
    protocol: str
    items: int
    training_items: int
    unanswered: int
    seconds: float
    leakage: Leakage
    tasks: tuple[TaskResult, ...]
    published: tuple[Published, ...]


@dataclass(frozen=True, slots=True)
class ArtefactIdentity:
    """Which artefact was judged.

    Attributes:
        name: ``name@version``.
        sha256: Over the hashes of the files that answering needs; equal for equal answers.
        files: Training sources that are files outside the registry and were not checked.
        other_data: Corpora whose files are not those that the artefact was trained from.
    """

    name: str
    sha256: str
    files: tuple[str, ...] = ()
    other_data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A dated evaluation of one artefact."""

    date: str
    artefact: ArtefactIdentity
    machine: Machine
    commit: str | None
    version: str
    target_error: float
    replicates: int
    benchmarks: tuple[BenchmarkResult, ...]
    studies: tuple[StudyResult, ...] = ()

    def study(self, name: str) -> StudyResult:
        """The result of one study.

        Raises:
            KeyError: It was not run.
        """
        for result in self.studies:
            if result.name == name:
                return result
        raise KeyError(f"study {name!r} is not in this report")

    def benchmark(self, name: str) -> BenchmarkResult:
        """The result of one benchmark.

        Raises:
            KeyError: It was not run.
        """
        for result in self.benchmarks:
            if result.name == name:
                return result
        raise KeyError(f"benchmark {name!r} is not in this report")
