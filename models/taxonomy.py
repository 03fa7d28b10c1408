"""The label taxonomy: the one place that names the tasks and their labels.

The order of tasks and of labels is part of every artefact: heads, calibration and
stored scores follow it. Their meaning is described in ``docs/labels.md``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """One question asked of every comment.

    Attributes:
        name: Key of the task in answers, artefacts and training data.
        labels: The mutually exclusive answers, in the order of the head's outputs.
        positive: The rarer label whose F1 is reported beside macro-F1; ``None``
            where no single label stands out.
    """

    name: str
    labels: tuple[str, ...]
    positive: str | None = None

    def index(self, label: str) -> int:
        """Position of ``label`` in the head's outputs.

        Raises:
            ValueError: ``label`` is not one of this task's labels.
        """
        try:
            return self.labels.index(label)
        except ValueError:
            raise ValueError(
                f"{self.name}: unknown label {label!r}; use one of {', '.join(self.labels)}"
            ) from None


SUBSTANCE = Task("substance", ("substantive", "generic"))
AUTHENTICITY = Task("authenticity", ("real", "spam"), positive="spam")
SENTIMENT = Task("sentiment", ("negative", "neutral", "positive", "mixed"))
QUESTION = Task("question", ("question", "none"), positive="question")
TOXICITY = Task("toxicity", ("toxic", "ok"), positive="toxic")

TASKS: tuple[Task, ...] = (SUBSTANCE, AUTHENTICITY, SENTIMENT, QUESTION, TOXICITY)
TASK_BY_NAME: dict[str, Task] = {task.name: task for task in TASKS}
