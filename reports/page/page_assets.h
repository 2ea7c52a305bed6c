// The styles and scripts of a page, as HTML elements.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

std::string StyleElement();

/// `attributes` begin with a blank: " type=\"module\"".
std::string ScriptElement(std::string_view code, std::string_view attributes = "");

/// What sorts and copies tables and draws figures; with it, if there are questions, their browser.
std::string ScriptElements(bool questions);

}  // namespace vffn
