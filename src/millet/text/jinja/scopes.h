// Where each variable of a template lives. Jinja decides it before a template runs, and the decision can be seen: in a
// loop `set` makes a variable of that turn alone, a macro sees the variables around its definition as they are when
// it is called, and one that a block sets before it ever reads it hides what the template was given from the start.
#pragma once

#include <set>
#include <string>

#include "millet/text/jinja/ast.h"

namespace millet::text::jinja {

// Fills in every slot, scope and function of the tree. Throws Error "line N: what": an unknown filter or test outside
// of a condition, `break` outside of a loop, an assignment to `loop` within one.
void find_scopes(Template& whole);

// The names that a template looks up in what it is given, of functions as `range` too; once its scopes are found.
std::set<std::string> names_wanted(const Template& whole);

}  // namespace millet::text::jinja
