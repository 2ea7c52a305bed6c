#include "tests/reports/paper/pdflatex.h"

#include <cstdio>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

/// What a shell command prints.
std::string OutputOf(const std::string& command, int& status) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    output += static_cast<char>(c);
  }
  status = pclose(pipe);
  return output;
}

}  // namespace

std::string WhatLatexLacks() {
  int status = 0;
  OutputOf("command -v pdflatex && command -v pdftotext && kpsewhich booktabs.sty", status);
  return status == 0
             ? ""
             : "pdfLaTeX with booktabs, or pdftotext, is not installed: apt-get install texlive-latex-base "
               "texlive-latex-recommended poppler-utils";
}

SetDocument SetLatex(const std::string& name, const std::string& options, const std::string& body) {
  const TemporaryFolder folder;
  WriteFile(folder / "document.tex", "\\documentclass[" + options +
                                         "]{article}\n\\usepackage{booktabs}\n\\usepackage{graphicx}\n" +
                                         "\\begin{document}\n" + body + "\\end{document}\n");
  SetDocument document;
  int status = 0;
  const std::string in_folder = "cd '" + folder.path().string() + "' && ";
  const std::string log = OutputOf(
      in_folder + "pdflatex -interaction=nonstopmode -halt-on-error -no-shell-escape document.tex", status);
  if (status != 0) {
    document.fault = log;
    return document;
  }
  for (size_t at = 0; (at = log.find("Overfull \\hbox", at)) != std::string::npos; ++at) {
    ++document.overfull;
  }
  document.text = OutputOf(in_folder + "pdftotext -layout document.pdf -", status);
  document.fault = status == 0 ? "" : document.text;
  std::filesystem::create_directories(VFFN_LOOK_DIR);
  std::filesystem::copy_file(folder / "document.pdf", std::filesystem::path(VFFN_LOOK_DIR) / (name + ".pdf"),
                             std::filesystem::copy_options::overwrite_existing);
  return document;
}

}  // namespace vffn
