#include "reports/page/page_assets.h"

#include "reports/page/elements.js.h"
#include "reports/page/figure_colors.js.h"
#include "reports/page/figures.js.h"
#include "reports/page/html.h"
#include "reports/page/page.css.h"
#include "reports/page/print.css.h"
#include "reports/page/question_address.js.h"
#include "reports/page/question_browser.js.h"
#include "reports/page/question_colors.js.h"
#include "reports/page/question_data.js.h"
#include "reports/page/question_filters.js.h"
#include "reports/page/question_list.js.h"
#include "reports/page/question_tip.js.h"
#include "reports/page/question_tokens.js.h"
#include "reports/page/question_view.js.h"
#include "reports/page/questions.css.h"
#include "reports/page/table_copy.js.h"
#include "reports/page/tables.css.h"
#include "reports/page/tables.js.h"

namespace vffn {

std::string StyleElement() {
  std::string html = "<style>\n";
  for (const std::string_view style : {kPageCss, kTablesCss, kQuestionsCss, kPrintCss}) {
    html += style;
  }
  return html + "</style>\n";
}

std::string ScriptElement(std::string_view code, std::string_view attributes) {
  return "<script" + std::string(attributes) + ">\n" + ScriptCode(code) + "</script>\n";
}

std::string ScriptElements(bool questions) {
  std::string html;
  for (const std::string_view code : {kElementsJs, kTablesJs, kTableCopyJs, kFigureColorsJs, kFiguresJs}) {
    html += ScriptElement(code);
  }
  if (questions) {
    for (const std::string_view code :
         {kQuestionDataJs, kQuestionColorsJs, kQuestionTipJs, kQuestionTokensJs, kQuestionViewJs,
          kQuestionFiltersJs, kQuestionListJs, kQuestionAddressJs, kQuestionBrowserJs}) {
      html += ScriptElement(code);
    }
  }
  return html;
}

}  // namespace vffn
