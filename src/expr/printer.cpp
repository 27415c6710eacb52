#include "base/require.h"
#include "base/text.h"
#include "expr/parse.h"
#include "expr/walk.h"
#include "expr/words.h"

#include <array>

namespace fineline::expr {

namespace {

/// How tightly a node holds together as written; an operand looser than its place asks for gets
/// parentheses.
enum class Level : std::uint8_t {
    disjunction,
    conjunction,
    negation,
    comparison,
    sum,
    product,
    sign,
    value
};

struct OperatorText {
    BinaryOp op;
    std::string_view text;
    Level level;
};

constexpr std::array operators{OperatorText{BinaryOp::logical_or, " or ", Level::disjunction},
                               OperatorText{BinaryOp::logical_and, " and ", Level::conjunction},
                               OperatorText{BinaryOp::equal, " = ", Level::comparison},
                               OperatorText{BinaryOp::not_equal, " != ", Level::comparison},
                               OperatorText{BinaryOp::less, " < ", Level::comparison},
                               OperatorText{BinaryOp::less_equal, " <= ", Level::comparison},
                               OperatorText{BinaryOp::greater, " > ", Level::comparison},
                               OperatorText{BinaryOp::greater_equal, " >= ", Level::comparison},
                               OperatorText{BinaryOp::like, " like ", Level::comparison},
                               OperatorText{BinaryOp::contains_text, " ~ ", Level::comparison},
                               OperatorText{BinaryOp::matches, " matches ", Level::comparison},
                               OperatorText{BinaryOp::contains, " contains ", Level::comparison},
                               OperatorText{BinaryOp::in_array, " in ", Level::comparison},
                               OperatorText{BinaryOp::add, " + ", Level::sum},
                               OperatorText{BinaryOp::subtract, " - ", Level::sum},
                               OperatorText{BinaryOp::multiply, " * ", Level::product},
                               OperatorText{BinaryOp::divide, " / ", Level::product}};

const OperatorText& text_of(BinaryOp op) {
    return operators[static_cast<std::size_t>(op)];
}

Level tighter(Level level) {
    return static_cast<Level>(static_cast<int>(level) + 1);
}

bool is_negative_number(const Node& node) {
    const Literal* literal = std::get_if<Literal>(&node.kind);
    return literal != nullptr && literal->value.kind() == ValueKind::number &&
           literal->value.number() < 0;
}

bool is_number(const Node& node) {
    const Literal* literal = std::get_if<Literal>(&node.kind);
    return literal != nullptr && literal->value.kind() == ValueKind::number;
}

Level level_of(const Node& node) {
    if (const auto* binary = std::get_if<Binary>(&node.kind)) {
        return text_of(binary->op).level;
    }
    if (const auto* unary = std::get_if<Unary>(&node.kind)) {
        return unary->op == UnaryOp::logical_not ? Level::negation : Level::sign;
    }
    if (std::holds_alternative<Between>(node.kind) || std::holds_alternative<InList>(node.kind) ||
        std::holds_alternative<IsMissing>(node.kind)) {
        return Level::comparison;
    }
    if (const auto* did = std::get_if<Did>(&node.kind)) {
        // A comparison after its `where` would be read as part of the condition.
        return did->where ? Level::negation : Level::value;
    }
    return is_negative_number(node) ? Level::sign : Level::value;
}

bool holds_did(const Node& node) {
    if (std::holds_alternative<Did>(node.kind)) {
        return true;
    }
    bool found = false;
    for_each_child(node, [&](const Node& child) { found = found || holds_did(child); });
    return found;
}

/// Says whether the condition of a did-phrase needs no parentheses: one comparison, or a name or
/// call that may be negated. A did inside would take the window that follows.
bool is_plain_condition(const Node& node) {
    if (holds_did(node)) {
        return false;
    }
    const auto* unary = std::get_if<Unary>(&node.kind);
    if (unary != nullptr && unary->op == UnaryOp::logical_not) {
        return level_of(*unary->operand) == Level::value;
    }
    return level_of(node) >= Level::comparison;
}

/// Prints one tree. One thread at a time.
class Printer {
  public:
    void expression(const Expression& expression) {
        node(expression.root, Level::disjunction);
        if (expression.on) {
            out_ += " on ";
            event(expression.on->event);
            where(expression.on->where);
        }
    }

    void node(const Node& node, Level least) {
        const bool enclose = level_of(node) < least;
        out_ += enclose ? "(" : "";
        std::visit([&](const auto& kind) { print(kind); }, node.kind);
        out_ += enclose ? ")" : "";
    }

    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    void print(const Literal& literal) {
        if (literal.period) {
            period(*literal.period);
        } else if (literal.moment) {
            out_ += "date ";
            string(literal.moment->text);
        } else {
            value(literal.value);
        }
    }

    void print(const Now&) { out_ += "now"; }

    void print(const Name& name) { this->name(name); }

    void print(const Unary& unary) {
        if (unary.op == UnaryOp::logical_not) {
            out_ += "not ";
            node(*unary.operand, Level::negation);
            return;
        }
        // `-5` is one number and `--` a comment, so both need parentheses to be a sign before
        // something.
        out_ += '-';
        const bool enclose = is_number(*unary.operand) || level_of(*unary.operand) == Level::sign;
        out_ += enclose ? "(" : "";
        node(*unary.operand, enclose ? Level::disjunction : Level::value);
        out_ += enclose ? ")" : "";
    }

    void print(const Binary& binary) {
        const OperatorText& text = text_of(binary.op);
        require(text.op == binary.op, "operators are listed in the order of BinaryOp");
        const Level after = tighter(text.level);
        node(*binary.left, text.level == Level::comparison ? after : text.level);
        out_ += text.text;
        node(*binary.right, after);
    }

    void print(const Between& between) {
        node(*between.operand, Level::sum);
        out_ += between.negated ? " not between " : " between ";
        node(*between.low, Level::sum);
        out_ += " and ";
        node(*between.high, Level::sum);
    }

    void print(const InList& in) {
        node(*in.operand, Level::sum);
        out_ += in.negated ? " not in (" : " in (";
        list(in.items);
        out_ += ')';
    }

    void print(const IsMissing& test) {
        node(*test.operand, Level::sum);
        out_ += test.negated ? " is present" : " is missing";
    }

    void print(const Case& expression) {
        out_ += "case";
        for (const CaseBranch& branch : expression.branches) {
            out_ += " when ";
            node(branch.condition, Level::disjunction);
            out_ += " then ";
            node(branch.value, Level::disjunction);
        }
        if (expression.otherwise) {
            out_ += " else ";
            node(**expression.otherwise, Level::disjunction);
        }
        out_ += " end";
    }

    void print(const Call& call) {
        out_ += call.function + "(";
        list(call.arguments);
        out_ += ')';
    }

    void print(const Aggregate& aggregate) {
        out_ += aggregate.function + "(";
        event(aggregate.event);
        if (aggregate.property) {
            out_ += '.';
            path(*aggregate.property);
        }
        for (const double number : aggregate.numbers) {
            out_ += ", " + number_text(number);
        }
        where(aggregate.where);
        if (aggregate.window) {
            out_ += ", ";
            window(*aggregate.window);
        }
        out_ += ')';
    }

    void print(const Did& did) {
        out_ += did.negated ? "did not " : "did ";
        event(did.event);
        if (did.where) {
            out_ += " where ";
            const bool enclose = !is_plain_condition(**did.where);
            out_ += enclose ? "(" : "";
            node(**did.where, Level::disjunction);
            out_ += enclose ? ")" : "";
        }
        if (did.window) {
            out_ += ' ';
            window(*did.window);
        }
    }

    void print(const Sequence& sequence) {
        out_ += sequence.counting ? "sequence_count(" : "sequence(";
        std::string_view separator;
        for (const Step& step : sequence.steps) {
            out_ += separator;
            out_ += step.negated ? "no " : "";
            separator = " -> ";
            event(step.event);
            where(step.where);
            if (step.within) {
                out_ += " within ";
                period(*step.within);
            }
        }
        if (sequence.window) {
            out_ += ", ";
            window(*sequence.window);
        }
        out_ += ')';
    }

    void print(const SegmentRef& segment) {
        out_ += "segment ";
        word(segment.name);
    }

    void print(const Population& population) {
        switch (population.kind) {
            case PopulationKind::percentile: out_ += "percentile("; break;
            case PopulationKind::rank: out_ += "rank("; break;
            case PopulationKind::ntile:
                out_ += "ntile(" + std::to_string(population.tiles) + ", ";
                break;
        }
        node(*population.operand, Level::disjunction);
        out_ += ')';
    }

    void print(const Rfm& rfm) {
        switch (rfm.field) {
            case RfmField::recency: out_ += "rfm.recency"; break;
            case RfmField::frequency: out_ += "rfm.frequency"; break;
            case RfmField::monetary: out_ += "rfm.monetary"; break;
        }
    }

    void print(const ConsentRef& consent) {
        out_ += "consents(";
        word(consent.purpose);
        out_ += ')';
    }

    void print(const TraitChange& change) {
        out_ += change.since ? "since_changed(" : "previous(";
        name(change.trait);
        out_ += ')';
    }

    void print(const HolidayTest& holiday) {
        out_ += "holiday";
        if (!holiday.name.empty()) {
            out_ += '(';
            string(holiday.name);
            out_ += ')';
        }
    }

    void value(const Value& value) {
        switch (value.kind()) {
            case ValueKind::missing: out_ += "missing"; return;
            case ValueKind::boolean: out_ += value.boolean() ? "true" : "false"; return;
            case ValueKind::number: out_ += number_text(value.number()); return;
            case ValueKind::string: string(value.string()); return;
            case ValueKind::timestamp:
            case ValueKind::duration:
            case ValueKind::list:
            case ValueKind::withheld: break;
        }
        require(false, "a literal of this kind keeps its moment or period");
    }

    void period(const Period& period) {
        out_ += number_text(period.count) + " " + to_string(period.unit);
        out_ += period.count == 1 ? "" : "s";
    }

    void string(std::string_view text) { quoted(text, '\''); }

    void quoted(std::string_view text, char quote) {
        out_ += quote;
        for (const char c : text) {
            out_.append(c == quote ? 2 : 1, c);
        }
        out_ += quote;
    }

    /// Prints one name, in backticks where it could be read as anything else.
    void word(std::string_view name) {
        if (is_plain_word(name) && !is_reserved(name)) {
            out_ += name;
        } else {
            quoted(name, '`');
        }
    }

    void event(const EventSelector& event) {
        if (event.any) {
            out_ += "any";
        } else if (event.name == "any" || event.name == "no") {
            quoted(event.name, '`');
        } else {
            word(event.name);
        }
    }

    /// Prints a path part by part; as one name in backticks if a part would be empty.
    void path(std::string_view path) {
        const bool hollow = path.empty() || path.front() == '.' || path.back() == '.' ||
                            path.find("..") != std::string_view::npos;
        if (hollow) {
            quoted(path, '`');
            return;
        }
        for (std::size_t begin = 0; begin <= path.size();) {
            const std::size_t dot = std::min(path.find('.', begin), path.size());
            out_ += begin == 0 ? "" : ".";
            word(path.substr(begin, dot - begin));
            begin = dot + 1;
        }
    }

    void name(const Name& name) {
        switch (name.scope) {
            case NameScope::bare: break;
            case NameScope::customer: out_ += "customer."; break;
            case NameScope::account: out_ += "account."; break;
            case NameScope::context: out_ += "context."; break;
        }
        const bool taken =
            name.scope == NameScope::bare && (name.path == "segment" || is_prefix_word(name.path));
        if (name.quoted || taken) {
            quoted(name.path, '`');
        } else {
            path(name.path);
        }
    }

    void list(const std::vector<Node>& items) {
        std::string_view separator;
        for (const Node& item : items) {
            out_ += separator;
            separator = ", ";
            node(item, Level::disjunction);
        }
    }

    void where(const std::optional<Box>& condition) {
        if (condition) {
            out_ += " where ";
            node(**condition, Level::disjunction);
        }
    }

    void window(const Window& window) {
        std::visit([&](const auto& kind) { print(kind); }, window);
    }

    void print(const LastWindow& window) {
        out_ += "last ";
        period(window.length);
    }

    void print(const AgoWindow& window) {
        if (window.from.unit == window.to.unit) {
            out_ += number_text(window.from.count);
        } else {
            period(window.from);
        }
        out_ += " to " + number_text(window.to.count) + " " + to_string(window.to.unit);
        out_ += window.to.count == 1 ? " ago" : "s ago";
    }

    void print(const SinceWindow& window) { out_ += "since " + window.begin.text; }

    void print(const BeforeWindow& window) { out_ += "before " + window.end.text; }

    void print(const FromToWindow& window) {
        out_ += "from " + window.begin.text + " to " + window.end.text;
    }

    void print(const CalendarWindow& window) {
        if (window.unit == TimeUnit::day) {
            out_ += window.previous ? "yesterday" : "today";
            return;
        }
        out_ += window.previous ? "last " : "this ";
        out_ += to_string(window.unit);
    }

    void print(const FirstWindow& window) {
        out_ += "first ";
        period(window.length);
    }

    void print(const NextWindow& window) {
        out_ += "next ";
        period(window.length);
    }

    std::string out_;
};

}  // namespace

std::string print(const Expression& expression) {
    Printer printer;
    printer.expression(expression);
    return printer.take();
}

std::string print(const Node& node) {
    Printer printer;
    printer.node(node, Level::disjunction);
    return printer.take();
}

}  // namespace fineline::expr
