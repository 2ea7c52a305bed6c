// LaTeX documents, set by pdfLaTeX and read back.
#pragma once

#include <string>

namespace vffn {

/// Which program is missing and what to install; empty: pdflatex, booktabs and pdftotext are there.
std::string WhatLatexLacks();

struct SetDocument {
  std::string fault;  ///< what pdfLaTeX or pdftotext said; empty: all went well
  std::string text;   ///< of the pages, as pdftotext reads it with its layout
  int overfull = 0;   ///< lines wider than the page or column
};

/// Sets \begin{document} BODY \end{document} under "\documentclass[OPTIONS]{article}" with booktabs and
/// graphicx. The PDF stays in VFFN_LOOK_DIR as NAME.pdf, to be looked at.
SetDocument SetLatex(const std::string& name, const std::string& options, const std::string& body);

}  // namespace vffn
