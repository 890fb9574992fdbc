// The variable `loop`.
#pragma once

#include <optional>
#include <vector>

#include "millet/text/jinja/ast.h"
#include "millet/text/jinja/value.h"

namespace millet::text::jinja {

struct Activation;

class Loop final : public Object, public std::enable_shared_from_this<Loop> {
 public:
  // `sized`: how many items there are, where that is known beforehand.
  Loop(Iterator items, std::optional<int64_t> sized, int64_t depth0)
      : items_(std::move(items)), length_(sized), depth0_(depth0) {}

  // What calling it with other items does, in a recursive loop.
  void set_recursion(const Statement* statement, Activation* around) {
    statement_ = statement;
    around_ = around;
  }

  bool next(Value& item);  // the next turn
  void clear();            // lets go of all values: it may hold itself

  std::string_view type() const override { return "LoopContext"; }
  std::string repr(Budget& budget) const override;
  std::unique_ptr<Value> attribute(Evaluator&, std::string_view name) override;
  bool callable() const override { return true; }
  Value call(Evaluator&, Arguments&& arguments) override;
  Iterator iterate() override;  // the turns that are left, as (item, loop)

 private:
  const Value& peek();  // missing: there is none
  int64_t length(Budget& budget) const;
  bool changed(Values values, Budget& budget);

  mutable Iterator items_;
  mutable std::optional<int64_t> length_;
  int64_t depth0_;
  int64_t index0_ = -1;
  Value before_, current_, after_;
  bool peeked_ = false;
  std::optional<Values> last_changed_;
  const Statement* statement_ = nullptr;
  Activation* around_ = nullptr;
};

}  // namespace millet::text::jinja
