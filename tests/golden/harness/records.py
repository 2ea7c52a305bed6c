"""Made-up records of the eight tasks with everything that prompts and tokenizers stumble over: empty texts, blanks at both
ends, line breaks, tabs, letters of several alphabets, emoji, special tokens written out, contexts that are too long.

Only what both references can score: OLMo's evaluator has no empty context and cuts no context of WinoGrande."""

import random

WORDS = (
    "water river stone light garden winter glass paper bridge carbon seven eleven blue quickly never rather because "
    "under melts freezes holds carries turns breaks into of the a an and or not 12 3.5 1999 naïve façade Zürich øre "
    "日本 語 привет мир שלום مرحبا 😀 👩‍🔬 e\u0301 \u00a0 -- … “quoted” it's don't we'll <b> & % $5 [title] [substeps]"
).split(" ")
EDGES = ["", " ", "  ", "\t", "\n", " \n", "\u2003"]


class Odd:
    """Texts of one record; the same seed gives the same texts."""

    def __init__(self, task: str, index: int):
        self.random = random.Random(f"{task} {index}")

    def text(self, low: int, high: int) -> str:
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(low, high)))

    def edged(self, low: int, high: int) -> str:
        return self.random.choice(EDGES) + self.text(low, high) + self.random.choice(EDGES)

    def answers(self, count: int) -> list[str]:
        texts = [self.edged(1, 6) for _ in range(count)]
        if self.random.random() < 0.2:
            texts[self.random.randrange(count)] = ""
        return texts

    def prompt(self, index: int) -> str:
        """Long enough to be cut in every sixth record; some begin or end with a special token."""
        if index % 6 == 5:
            return self.edged(90, 120)
        text = self.edged(1, 14)
        if index % 9 == 4:
            text = "<|bos|>" + text
        if index % 9 == 7:
            text = "<|endoftext|>" + text + "<|endoftext|>"
        return text


def piqa(odd: Odd, i: int) -> dict:
    first, second = odd.answers(2)
    return {"goal": odd.prompt(i) if i != 2 else "", "sol1": first, "sol2": second, "label": odd.random.randrange(2)}


def hellaswag(odd: Odd, i: int) -> dict:
    ctx_a, ctx_b = odd.prompt(i), odd.edged(0, 5)
    return {
        "ind": i,
        "activity_label": odd.text(1, 3),
        "ctx_a": ctx_a,
        "ctx_b": ctx_b,
        "ctx": ctx_a + " " + ctx_b,
        "endings": odd.answers(4),
        "source_id": f"made-up~{i}",
        "split": "val",
        "split_type": "indomain",
        "label": str(odd.random.randrange(4)),
    }


def choices(odd: Odd, labels: str) -> dict:
    return {"text": odd.answers(len(labels)), "label": list(labels)}


def openbookqa(odd: Odd, i: int) -> dict:
    stem = odd.prompt(i) if odd.prompt(i).strip() else "Odd"
    return {"id": str(i), "question_stem": stem, "choices": choices(odd, "ABCD"), "answerKey": odd.random.choice("ABCD")}


def sciq(odd: Odd, i: int) -> dict:
    wrong = odd.answers(3)
    return {
        "question": odd.edged(0, 9),
        "distractor1": wrong[0],
        "distractor2": wrong[1],
        "distractor3": wrong[2],
        "correct_answer": odd.edged(1, 4),
        "support": odd.prompt(i) if i % 4 else "",
    }


def arc(odd: Odd, i: int) -> dict:
    labels = ["ABCD", "ABC", "ABCDE"][i % 3] if i % 5 else "1234"
    return {"id": str(i), "question": odd.prompt(i), "choices": choices(odd, labels), "answerKey": odd.random.choice(labels)}


def commonsense_qa(odd: Odd, i: int) -> dict:
    return {
        "id": str(i),
        "question": odd.prompt(i),
        "question_concept": odd.text(1, 1),
        "choices": choices(odd, "ABCDE"),
        "answerKey": odd.random.choice("ABCDE"),
    }


def winogrande(odd: Odd, i: int) -> dict:
    options = [odd.text(1, 2) for _ in range(2)]
    sentence = odd.text(1, 8) + " _ " + odd.text(0, 8) + odd.random.choice(EDGES)
    return {"sentence": sentence, "option1": options[0], "option2": options[1], "answer": odd.random.choice("12")}


MAKERS = {
    "piqa": piqa,
    "hellaswag": hellaswag,
    "openbookqa": openbookqa,
    "sciq": sciq,
    "arc_easy": arc,
    "arc_challenge": arc,
    "commonsense_qa": commonsense_qa,
    "winogrande": winogrande,
}


def records(task: str, count: int) -> list[dict]:
    return [MAKERS[task](Odd(task, i), i) for i in range(count)]
