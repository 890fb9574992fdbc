#include "millet/text/jinja/scopes.h"

#include <initializer_list>
#include <map>
#include <set>

#include "millet/text/jinja/filters.h"
#include "millet/text/jinja/tests.h"

// This follows jinja2/idtracking.py: first the symbols of a scope are gathered from its whole body, then its parts are
// visited with them. A variable is known by the level of the scope that made it and its name.
namespace millet::text::jinja {
namespace {

using Kind = Expression::Kind;

struct Identifier {
  int level = 0;
  std::string name;
  friend auto operator<=>(const Identifier&, const Identifier&) = default;
};

struct Origin {
  enum class How : uint8_t { given, resolve, copy, clear };
  How how = How::clear;
  Identifier from;
};

struct Symbols {
  explicit Symbols(const Symbols* parent) : parent(parent), level(parent == nullptr ? 0 : parent->level + 1) {}

  // A branch of this scope: it sees what is here, and holds what it adds itself, until join().
  Symbols branch() const {
    Symbols out(parent);
    out.trunk = this;
    return out;
  }

  const Symbols* parent;
  const Symbols* trunk = nullptr;  // of a branch
  int level;
  std::map<std::string, Identifier> names;
  std::map<Identifier, Origin> origins;
  std::set<std::string> stored;

  // In this scope alone.
  const Identifier* find_here(const std::string& name) const {
    for (const Symbols* s = this; s != nullptr; s = s->trunk) {
      const auto at = s->names.find(name);
      if (at != s->names.end()) return &at->second;
    }
    return nullptr;
  }
  const Identifier* find(const std::string& name) const {
    for (const Symbols* s = this; s != nullptr; s = s->parent) {
      if (const Identifier* id = s->find_here(name)) return id;
    }
    return nullptr;
  }
  bool stores(const std::string& name) const {
    for (const Symbols* s = this; s != nullptr; s = s->trunk) {
      if (s->stored.contains(name)) return true;
    }
    return false;
  }

  void define(const std::string& name, Origin origin) {
    const Identifier id{level, name};
    names[name] = id;
    origins[id] = std::move(origin);
  }
  void load(const std::string& name) {
    if (find(name) == nullptr) define(name, {Origin::How::resolve, {}});
  }
  void store(const std::string& name) {
    if (!stores(name)) stored.insert(name);
    if (find_here(name) != nullptr) return;
    const Identifier* outer = parent == nullptr ? nullptr : parent->find(name);
    define(name, outer == nullptr ? Origin{} : Origin{Origin::How::copy, *outer});
  }
  void declare(const std::string& name) {
    stored.insert(name);
    define(name, {Origin::How::given, {}});
  }

  // After branches, of which any may have run: what one stored may still be what it was before.
  void join(std::initializer_list<Symbols*> branches) {
    for (Symbols* branch : branches) {
      names.merge(branch->names);
      origins.merge(branch->origins);
      for (const std::string& name : branch->stored) {
        const Identifier* outer = parent == nullptr ? nullptr : parent->find(name);
        origins[*find(name)] = outer == nullptr ? Origin{Origin::How::resolve, {}} : Origin{Origin::How::copy, *outer};
      }
      stored.merge(branch->stored);
    }
  }
};

// ---- gathering

void for_each_part(const Expression& e, auto&& visit) {
  for (const auto& part : e.parts) {
    if (part != nullptr) visit(*part);
  }
  for (const auto& part : e.arguments.positional) visit(*part);
  for (const auto& [name, part] : e.arguments.keywords) visit(*part);
  if (e.arguments.more_positional != nullptr) visit(*e.arguments.more_positional);
  if (e.arguments.more_keywords != nullptr) visit(*e.arguments.more_keywords);
}

class Gatherer {
 public:
  explicit Gatherer(Symbols& symbols) : symbols_(&symbols) {}

  void read(const Expression* e) {
    if (e == nullptr) return;
    if (e->kind == Kind::name || e->kind == Kind::namespace_item) symbols_->load(e->name);
    for_each_part(*e, [&](const Expression& part) { read(&part); });
  }
  void store(const Expression& target) {
    if (target.kind == Kind::name) symbols_->store(target.name);
    if (target.kind == Kind::namespace_item) symbols_->load(target.name);
    for_each_part(target, [&](const Expression& part) { store(part); });
  }
  void declare(const Expression& target) {
    if (target.kind == Kind::name) symbols_->declare(target.name);
    for_each_part(target, [&](const Expression& part) { declare(part); });
  }
  void function(const FunctionBody& f) {
    for (const Parameter& p : f.parameters) symbols_->declare(p.name);
    for (const Parameter& p : f.parameters) read(p.initial.get());
  }
  void statements(const Statements& body) {
    for (const auto& s : body) statement(*s);
  }

 private:
  void statement(const Statement& s) {
    switch (s.kind) {
      case Statement::Kind::print:
      case Statement::Kind::loop:
      case Statement::Kind::call_block:
      case Statement::Kind::filter_block:
        read(s.value.get());
        break;
      case Statement::Kind::set:
        read(s.value.get());
        store(*s.target);
        break;
      case Statement::Kind::set_block:
        store(*s.target);
        break;
      case Statement::Kind::macro:
        symbols_->store(s.text);
        break;
      case Statement::Kind::with:
        for (const auto& [target, value] : s.bindings) read(value.get());
        break;
      case Statement::Kind::choice:
        choice(s, 0);
        break;
      default:
        break;
    }
  }

  // An elif is a choice of its own within the branches of the first, as Jinja's tree has it.
  void choice(const Statement& s, size_t first) {
    read(s.branches[first].test.get());
    Symbols* const before = symbols_;
    Symbols body = before->branch(), elifs = before->branch(), otherwise = before->branch();
    symbols_ = &body;
    statements(s.branches[first].body);
    for (size_t i = first + 1; i < s.branches.size(); ++i) {
      const bool last = s.branches[i].test == nullptr;
      symbols_ = last ? &otherwise : &elifs;
      if (last)
        statements(s.branches[i].body);
      else
        elif (s.branches[i]);
    }
    symbols_ = before;
    before->join({&body, &elifs, &otherwise});
  }
  void elif (const Statement::Branch& branch) {
    read(branch.test.get());
    Symbols* const before = symbols_;
    Symbols body = before->branch();
    symbols_ = &body;
    statements(branch.body);
    symbols_ = before;
    before->join({&body});
  }

  Symbols* symbols_;
};

// Does the body read one of the variables before it stores it? As the words stand, whatever the scopes.
class Mentions {
 public:
  explicit Mentions(std::set<std::string> names) : names_(std::move(names)) {}
  std::set<std::string> in(const Statements& body) {
    statements(body);
    return found_;
  }

 private:
  void read(const Expression* e) {
    if (e == nullptr) return;
    if (e->kind == Kind::name && names_.contains(e->name)) found_.insert(e->name);
    for_each_part(*e, [&](const Expression& part) { read(&part); });
  }
  void store(const Expression& e) {
    if (e.kind == Kind::name) names_.erase(e.name);
    for_each_part(e, [&](const Expression& part) { store(part); });
  }
  void statements(const Statements& body) {
    for (const auto& s : body) {
      if (s->target != nullptr) store(*s->target);
      read(s->value.get());
      read(s->test.get());
      for (const auto& [target, value] : s->bindings) {
        store(*target);
        read(value.get());
      }
      for (const Parameter& p : s->function.parameters) names_.erase(p.name);
      for (const Parameter& p : s->function.parameters) read(p.initial.get());
      for (const auto& branch : s->branches) {
        read(branch.test.get());
        statements(branch.body);
      }
      statements(s->body);
      statements(s->otherwise);
    }
  }
  std::set<std::string> names_, found_;
};

// ---- placing

// A function's variables: those made at its level and further in, down to the next function.
struct Place {
  Place* outer;
  int level;  // of its outermost scope
  std::map<Identifier, int> indices;

  Slot slot(const Identifier& id) {
    Slot out;
    Place* owner = this;
    for (; owner->level > id.level; owner = owner->outer) ++out.out;
    out.index = owner->indices.try_emplace(id, static_cast<int>(owner->indices.size())).first->second;
    return out;
  }
};

struct Frame {
  Symbols* symbols;
  Place* place;
  bool in_loop = false;
  bool blocks = false;  // a block may stand here: what it sees is what stands around it
  bool soft = false;    // within a condition: a filter that is not there fails only when it is called
};

class Placer {
 public:
  void whole(Template& t) {
    Symbols symbols(nullptr);
    Gatherer(symbols).statements(t.body);
    Place place{nullptr, 0, {}};
    require(Mentions({"self"}).in(t.body).empty(), "'self' is not supported: a chat template inherits nothing");
    const Frame frame{.symbols = &symbols, .place = &place, .blocks = true};
    statements(t.body, frame);
    t.scope = loads(frame);
    t.slots = static_cast<int>(place.indices.size());
  }

 private:
  static Slot slot(const Frame& frame, const std::string& name) {
    return frame.place->slot(*frame.symbols->find(name));
  }

  static Scope loads(const Frame& frame) {
    Scope out;
    for (const auto& [id, origin] : frame.symbols->origins) {
      Load load{.index = frame.place->slot(id).index};
      if (origin.how == Origin::How::given) continue;
      if (origin.how == Origin::How::resolve) {
        load.action = Load::Action::resolve;
        load.name = id.name;
      } else if (origin.how == Origin::How::copy) {
        load.action = Load::Action::copy;
        load.from = frame.place->slot(origin.from);
      }
      out.loads.push_back(std::move(load));
    }
    return out;
  }

  void expression(Expression* e, Frame frame) {
    if (e == nullptr) return;
    if (e->kind == Kind::name || e->kind == Kind::namespace_item) e->slot = slot(frame, e->name);
    if (e->kind == Kind::condition) frame.soft = true;
    if (e->kind == Kind::filter && !frame.soft && !is_filter(e->name)) {
      fail("line {}: there is no filter '{}'", e->line, e->name);
    }
    if (e->kind == Kind::test && !frame.soft && !is_test(e->name)) {
      fail("line {}: there is no test '{}'", e->line, e->name);
    }
    for_each_part(*e, [&](const Expression& part) { expression(const_cast<Expression*>(&part), frame); });
  }

  void statements(Statements& body, const Frame& frame) {
    for (auto& s : body) statement(*s, frame);
  }

  void statement(Statement& s, const Frame& frame) {
    switch (s.kind) {
      case Statement::Kind::print:
        expression(s.value.get(), frame);
        break;
      case Statement::Kind::set:
        expression(s.target.get(), frame);
        expression(s.value.get(), frame);
        break;
      case Statement::Kind::set_block: {
        const Scoped inner(s.scope, frame, [&](Gatherer& g) {
          g.statements(s.body);
          g.read(s.value.get());
        });
        statements(s.body, inner.frame);
        expression(s.value.get(), inner.frame);
        expression(s.target.get(), frame);
        break;
      }
      case Statement::Kind::filter_block: {
        const Scoped inner(s.scope, frame, [&](Gatherer& g) {
          g.statements(s.body);
          g.read(s.value.get());
        });
        statements(s.body, inner.frame);
        expression(s.value.get(), inner.frame);
        break;
      }
      case Statement::Kind::scope: {
        require(frame.blocks, "line {}: a block within a loop, macro or other block is not supported", s.line);
        Scoped inner(s.scope, frame, [&](Gatherer& g) { g.statements(s.body); });
        inner.frame.in_loop = false;
        statements(s.body, inner.frame);
        break;
      }
      case Statement::Kind::autoescape: {
        Scoped inner(s.scope, frame, [&](Gatherer& g) {
          g.read(s.value.get());
          g.statements(s.body);
        });
        inner.frame.blocks = frame.blocks;
        expression(s.value.get(), inner.frame);
        statements(s.body, inner.frame);
        break;
      }
      case Statement::Kind::with:
        with(s, frame);
        break;
      case Statement::Kind::choice: {
        Frame soft = frame;
        soft.soft = true;
        for (auto& branch : s.branches) {
          expression(branch.test.get(), soft);
          statements(branch.body, soft);
        }
        break;
      }
      case Statement::Kind::loop:
        loop(s, frame);
        break;
      case Statement::Kind::macro:
        function(s, frame);
        s.slot = slot(frame, s.text);
        break;
      case Statement::Kind::call_block:
      case Statement::Kind::generation:
        function(s, frame);
        expression(s.value.get(), frame);
        break;
      case Statement::Kind::leave_loop:
      case Statement::Kind::next_turn:
        require(frame.in_loop, "line {}: break and continue stand in loops", s.line);
        break;
      default:
        break;
    }
  }

  // A scope within a function, filled when its body has been visited: that is when its places are known.
  struct Scoped {
    template <class Gather>
    Scoped(Scope& out, const Frame& outer, Gather gather) : symbols(outer.symbols), frame(outer), out(out) {
      frame.symbols = &symbols;
      frame.soft = frame.blocks = false;
      Gatherer gatherer(symbols);
      gather(gatherer);
    }
    ~Scoped() { out = loads(frame); }
    Scoped(const Scoped&) = delete;
    Scoped& operator=(const Scoped&) = delete;

    Symbols symbols;
    Frame frame;
    Scope& out;
  };

  void with(Statement& s, const Frame& frame) {
    const Scoped inner(s.scope, frame, [&](Gatherer& g) {
      for (auto& [target, value] : s.bindings) g.declare(*target);
      g.statements(s.body);
    });
    for (auto& [target, value] : s.bindings) {
      expression(target.get(), inner.frame);
      expression(value.get(), frame);
    }
    statements(s.body, inner.frame);
  }

  void loop(Statement& s, const Frame& frame) {
    refuse_loop_as_target(s);
    expression(s.value.get(), frame);
    Place inside{frame.place, frame.symbols->level + 1, {}};
    s.wants_loop = s.recursive || Mentions({"loop"}).in(s.body).contains("loop");
    Frame outer = frame;
    if (s.recursive) outer.place = &inside;
    {
      Scoped body(s.scope, outer, [&](Gatherer& g) {
        g.declare(*s.target);
        g.statements(s.body);
      });
      if (s.wants_loop) {
        body.symbols.declare("loop");
        s.slot = slot(body.frame, "loop");
      }
      body.frame.in_loop = true;
      expression(s.target.get(), body.frame);
      statements(s.body, body.frame);
    }
    if (s.test != nullptr) {
      Place testing{frame.place, frame.symbols->level + 1, {}};  // outside of a recursive loop's function
      Frame tested = frame;
      tested.place = &testing;
      s.test_target = copy_of_target(*s.target);
      {
        const Scoped test(s.test_function.scope, tested, [&](Gatherer& g) {
          g.declare(*s.target);
          g.read(s.test.get());
        });
        expression(s.test_target.get(), test.frame);
        expression(s.test.get(), test.frame);
      }
      s.test_function.slots = static_cast<int>(testing.indices.size());
    }
    {
      Scoped otherwise(s.otherwise_scope, outer, [&](Gatherer& g) { g.statements(s.otherwise); });
      if (s.recursive) otherwise.frame.in_loop = false;
      statements(s.otherwise, otherwise.frame);
    }
    s.function.slots = static_cast<int>(inside.indices.size());
  }

  static ExpressionPtr copy_of_target(const Expression& target) {
    auto out = std::make_unique<Expression>();
    out->kind = target.kind;
    out->line = target.line;
    out->name = target.name;
    for (const auto& part : target.parts) out->parts.push_back(copy_of_target(*part));
    return out;
  }

  static void refuse_loop_as_target(const Expression& target) {
    if (target.kind == Kind::name && target.name == "loop") fail("line {}: 'loop' is the loop's own", target.line);
    for (const auto& part : target.parts) refuse_loop_as_target(*part);
  }
  static void refuse_loop_as_target(const Statement& s) {
    if (s.target != nullptr) refuse_loop_as_target(*s.target);
    for (const auto& child : s.body) refuse_loop_as_target(*child);
    for (const auto& child : s.otherwise) refuse_loop_as_target(*child);
    for (const auto& branch : s.branches) {
      for (const auto& child : branch.body) refuse_loop_as_target(*child);
    }
  }

  void function(Statement& s, const Frame& frame) {
    FunctionBody& f = s.function;
    Place place{frame.place, frame.symbols->level + 1, {}};
    const Frame outer{.symbols = frame.symbols, .place = &place};
    {
      Scoped body(f.scope, outer, [&](Gatherer& g) {
        g.function(f);
        g.statements(s.body);
      });
      std::set<std::string> special = Mentions({"caller", "kwargs", "varargs"}).in(s.body);
      for (const Parameter& p : f.parameters) {
        if (!special.contains(p.name)) continue;
        require(p.name != "caller" || p.initial != nullptr, "line {}: the parameter 'caller' needs a default", s.line);
        special.erase(p.name);
      }
      auto declare = [&](const char* name) {
        if (!special.contains(name)) return -1;
        body.symbols.declare(name);
        return slot(body.frame, name).index;
      };
      f.caller = declare("caller");
      f.kwargs = declare("kwargs");
      f.varargs = declare("varargs");
      for (Parameter& p : f.parameters) {
        p.index = slot(body.frame, p.name).index;
        expression(p.initial.get(), body.frame);
      }
      statements(s.body, body.frame);
    }
    f.slots = static_cast<int>(place.indices.size());
  }
};

void want(const Scope& scope, std::set<std::string>& names) {
  for (const Load& load : scope.loads) {
    if (load.action == Load::Action::resolve) names.insert(load.name);
  }
}

void want(const Statements& body, std::set<std::string>& names) {
  for (const auto& s : body) {
    for (const Scope* scope : {&s->scope, &s->otherwise_scope, &s->function.scope, &s->test_function.scope})
      want(*scope, names);
    want(s->body, names);
    want(s->otherwise, names);
    for (const auto& branch : s->branches) want(branch.body, names);
  }
}

}  // namespace

std::set<std::string> names_wanted(const Template& whole) {
  std::set<std::string> names;
  want(whole.scope, names);
  want(whole.body, names);
  return names;
}

void find_scopes(Template& whole) {
  Placer().whole(whole);
}

}  // namespace millet::text::jinja
