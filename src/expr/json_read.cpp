#include "expr/json_form.h"
#include "expr/lexer.h"
#include "expr/parse.h"
#include "expr/walk.h"
#include "model/limits.h"

#include <algorithm>
#include <cmath>

namespace fineline::expr {

namespace {

using json_form::operators;
using json_form::populations;
using json_form::rfm_fields;
using json_form::scopes;
using json_form::units;

/// As deep as JSON itself may nest.
constexpr int depth_max = 256;
constexpr int tiles_max = 1'000'000;

template <std::size_t N>
std::optional<std::size_t> index_in(const std::array<std::string_view, N>& words,
                                    std::string_view word) {
    const auto found = std::ranges::find(words, word);
    return found == words.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(found - words.begin()));
}

/// Reads a tree; the first error is kept, with the path of where it was. One thread at a time.
class TreeReader {
  public:
    Expression read(const Json& json) {
        Expression expression{node(json), std::nullopt};
        if (const Json* on = json.find("on")) {
            const Inside inside(*this, ".on");
            allow(*on, {"event", "any_event", "where"});
            expression.on = OccasionSource{event(*on), where(*on)};
        }
        return expression;
    }

    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  private:
    using Names = std::initializer_list<std::string_view>;

    /// Extends the path for as long as it lives.
    class Inside {
      public:
        Inside(TreeReader& reader, std::string_view step)
            : reader_(reader), before_(reader.path_.size()) {
            reader_.path_ += step;
        }

        ~Inside() { reader_.path_.resize(before_); }

        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;
        Inside(Inside&&) = delete;
        Inside& operator=(Inside&&) = delete;

      private:
        TreeReader& reader_;
        std::size_t before_;
    };

    void fail(std::string message, ErrorCode code = ErrorCode::invalid_argument) {
        if (!error_) {
            error_ = Error{code, std::move(message) + " at " + path_, std::nullopt};
        }
    }

    /// Refuses members that no part of this kind has: most likely misspelt.
    void allow(const Json& json, Names names) {
        const Json::Object* members = json.object();
        if (members == nullptr) {
            fail("expected an object");
            return;
        }
        for (const auto& [name, value] : *members) {
            if (std::ranges::find(names, name) == names.end()) {
                fail("unknown member '" + name + "'");
            }
        }
    }

    const Json* member(const Json& json, std::string_view name) {
        const Json* found = json.find(name);
        if (found == nullptr) {
            fail("missing member '" + std::string(name) + "'");
        }
        return found;
    }

    std::string text(const Json& json, std::string_view name) {
        const Json* found = member(json, name);
        if (found != nullptr && found->string() == nullptr) {
            fail("expected a text for '" + std::string(name) + "'");
        }
        return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
    }

    double number(const Json& json, std::string_view name) {
        const Json* found = member(json, name);
        if (found != nullptr && found->number() == nullptr) {
            fail("expected a number for '" + std::string(name) + "'");
        }
        return found != nullptr && found->number() != nullptr ? *found->number() : 0;
    }

    bool flag(const Json& json, std::string_view name) {
        const Json* found = json.find(name);
        if (found != nullptr && found->boolean() == nullptr) {
            fail("expected true or false for '" + std::string(name) + "'");
        }
        return found != nullptr && found->boolean() != nullptr && *found->boolean();
    }

    template <std::size_t N>
    std::size_t choice(const Json& json,
                       std::string_view name,
                       const std::array<std::string_view, N>& words) {
        const std::string word = text(json, name);
        const auto index = index_in(words, word);
        if (!index) {
            fail("unknown " + std::string(name) + " '" + word + "'");
        }
        return index.value_or(0);
    }

    const Json::Array& array(const Json& json, std::string_view name) {
        static const Json::Array none;
        const Json* found = member(json, name);
        if (found != nullptr && found->array() == nullptr) {
            fail("expected an array for '" + std::string(name) + "'");
        }
        return found != nullptr && found->array() != nullptr ? *found->array() : none;
    }

    /// Reads the part that is the member of that name.
    Node part(const Json& json, std::string_view name) {
        const Json* found = member(json, name);
        if (found == nullptr) {
            return {};
        }
        const Inside inside(*this, "." + std::string(name));
        return node(*found);
    }

    std::vector<Node> parts(const Json& json, std::string_view name) {
        std::vector<Node> nodes;
        for (const Json& element : array(json, name)) {
            const Inside inside(*this,
                                "." + std::string(name) + "[" + std::to_string(nodes.size()) + "]");
            nodes.push_back(node(element));
            if (error_) {
                break;
            }
        }
        return nodes;
    }

    Node node(const Json& json) {
        Node result;
        if (depth_ >= depth_max || ++nodes_ > limits::expression_nodes_max) {
            fail(depth_ >= depth_max ? "nested too deeply" : "too many parts",
                 ErrorCode::limit_exceeded);
        } else if (json.object() == nullptr) {
            fail("expected an object with a kind");
        } else if (!error_) {
            ++depth_;
            result.kind = kind(json, text(json, "kind"));
            --depth_;
        }
        return result;
    }

    /// Allows these members, `kind`, and at the root `on`.
    void shape(const Json& json, Names names) {
        std::vector<std::string_view> allowed(names);
        allowed.emplace_back("kind");
        if (std::exchange(root_, false)) {
            allowed.emplace_back("on");
        }
        for (const auto& [name, value] : *json.object()) {
            if (std::ranges::find(allowed, name) == allowed.end()) {
                fail("unknown member '" + name + "'");
            }
        }
    }

    Node::Kind kind(const Json& json, std::string_view name) {
        if (name == "literal" || name == "duration" || name == "date") {
            return literal(json, name);
        }
        if (name == "not" || name == "minus") {
            shape(json, {"operand"});
            return Unary{name == "not" ? UnaryOp::logical_not : UnaryOp::minus,
                         Box(part(json, "operand"))};
        }
        if (name == "is_missing" || name == "is_present") {
            shape(json, {"operand"});
            return IsMissing{Box(part(json, "operand")), name == "is_present"};
        }
        if (name == "compare" || name == "between" || name == "in") {
            return comparison(json, name);
        }
        if (name == "aggregate" || name == "did" || name == "sequence" ||
            name == "sequence_count") {
            return events_part(json, name);
        }
        if (name == "case" || name == "call") {
            return name == "case" ? case_of(json) : call(json);
        }
        if (const auto population = index_in(populations, name)) {
            return population_part(json, static_cast<PopulationKind>(*population));
        }
        for (const auto& words : operators) {
            if (words.compares.empty() && words.kind == name) {
                return chain(json, words.op);
            }
        }
        return leaf(json, name);
    }

    Node::Kind leaf(const Json& json, std::string_view name) {
        if (name == "now") {
            shape(json, {});
            return Now{};
        }
        if (name == "name") {
            return this->name(json);
        }
        if (name == "previous" || name == "since_changed") {
            return TraitChange{name == "since_changed", this->name(json)};
        }
        if (name == "segment") {
            shape(json, {"name"});
            return SegmentRef{text(json, "name")};
        }
        if (name == "consents") {
            shape(json, {"purpose"});
            return ConsentRef{text(json, "purpose")};
        }
        if (name == "rfm") {
            shape(json, {"field"});
            return Rfm{static_cast<RfmField>(choice(json, "field", rfm_fields))};
        }
        if (name == "holiday") {
            shape(json, {"name"});
            return HolidayTest{json.find("name") == nullptr ? std::string() : text(json, "name")};
        }
        fail("unknown kind '" + std::string(name) + "'");
        return Literal{};
    }

    Literal literal(const Json& json, std::string_view name) {
        if (name == "duration") {
            shape(json, {"count", "unit"});
            return {Value(), period(json), std::nullopt};
        }
        if (name == "date") {
            shape(json, {"text"});
            return {Value(), std::nullopt, Moment{moment(json, "text")}};
        }
        shape(json, {"value"});
        const Json* value = member(json, "value");
        if (value != nullptr && (value->array() != nullptr || value->object() != nullptr)) {
            fail("a literal is a number, a text, true, false or null");
            return {};
        }
        return value == nullptr ? Literal{}
                                : Literal{from_json(*value), std::nullopt, std::nullopt};
    }

    Period period(const Json& json) {
        return {number(json, "count"), static_cast<TimeUnit>(choice(json, "unit", units))};
    }

    Period period_member(const Json& json, std::string_view name) {
        const Json* found = member(json, name);
        if (found == nullptr) {
            return {};
        }
        const Inside inside(*this, "." + std::string(name));
        allow(*found, {"count", "unit"});
        return period(*found);
    }

    std::string moment(const Json& json, std::string_view name) {
        const std::string written = text(json, name);
        auto canonical = canonical_moment(written);
        if (!canonical) {
            fail(canonical.error().message);
            return {};
        }
        return *std::move(canonical);
    }

    Name name(const Json& json) {
        shape(json, {"scope", "name", "quoted"});
        Name name;
        if (json.find("scope") != nullptr) {
            name.scope = static_cast<NameScope>(choice(json, "scope", scopes));
        }
        name.path = text(json, "name");
        name.quoted = flag(json, "quoted");
        return name;
    }

    Node::Kind chain(const Json& json, BinaryOp op) {
        shape(json, {"operands"});
        std::vector<Node> operands = parts(json, "operands");
        if (operands.size() < 2) {
            fail("expected at least two operands");
        }
        if (error_) {
            return Literal{};
        }
        Node left = std::move(operands[0]);
        for (std::size_t i = 1; i + 1 < operands.size(); ++i) {
            left = Node{Binary{op, Box(std::move(left)), Box(std::move(operands[i]))}, {}};
        }
        return Binary{op, Box(std::move(left)), Box(std::move(operands.back()))};
    }

    Node::Kind comparison(const Json& json, std::string_view name) {
        if (name == "between") {
            shape(json, {"operand", "low", "high", "negated"});
            return Between{Box(part(json, "operand")),
                           Box(part(json, "low")),
                           Box(part(json, "high")),
                           flag(json, "negated")};
        }
        if (name == "in") {
            shape(json, {"operand", "items", "negated"});
            return InList{Box(part(json, "operand")), parts(json, "items"), flag(json, "negated")};
        }
        shape(json, {"op", "left", "right"});
        const std::string op = text(json, "op");
        for (const auto& words : operators) {
            if (!words.compares.empty() && words.compares == op) {
                return Binary{words.op, Box(part(json, "left")), Box(part(json, "right"))};
            }
        }
        fail("unknown op '" + op + "'");
        return Literal{};
    }

    Node::Kind case_of(const Json& json) {
        shape(json, {"branches", "else"});
        Case result;
        for (const Json& branch : array(json, "branches")) {
            const Inside inside(*this, ".branches[" + std::to_string(result.branches.size()) + "]");
            allow(branch, {"when", "then"});
            Node condition = part(branch, "when");
            result.branches.push_back({std::move(condition), part(branch, "then")});
        }
        if (json.find("else") != nullptr) {
            result.otherwise = Box(part(json, "else"));
        }
        return result;
    }

    Node::Kind call(const Json& json) {
        shape(json, {"function", "arguments"});
        return Call{text(json, "function"), parts(json, "arguments")};
    }

    EventSelector event(const Json& json) {
        if (flag(json, "any_event")) {
            if (json.find("event") != nullptr) {
                fail("either any_event or event");
            }
            return {{}, true};
        }
        return {text(json, "event"), false};
    }

    std::optional<Box> where(const Json& json) {
        return json.find("where") == nullptr ? std::nullopt
                                             : std::optional(Box(part(json, "where")));
    }

    Node::Kind events_part(const Json& json, std::string_view name) {
        if (name == "did") {
            shape(json, {"event", "any_event", "negated", "where", "window"});
            return Did{event(json), flag(json, "negated"), where(json), window(json)};
        }
        if (name == "aggregate") {
            shape(json,
                  {"function", "event", "any_event", "property", "numbers", "where", "window"});
            Aggregate aggregate;
            aggregate.function = text(json, "function");
            aggregate.event = event(json);
            if (json.find("property") != nullptr) {
                aggregate.property = text(json, "property");
            }
            if (json.find("numbers") != nullptr) {
                aggregate.numbers = numbers(json);
            }
            aggregate.where = where(json);
            aggregate.window = window(json);
            return aggregate;
        }
        shape(json, {"steps", "window"});
        Sequence sequence;
        sequence.counting = name == "sequence_count";
        for (const Json& json_step : array(json, "steps")) {
            const Inside inside(*this, ".steps[" + std::to_string(sequence.steps.size()) + "]");
            sequence.steps.push_back(step(json_step));
        }
        sequence.window = window(json);
        return sequence;
    }

    std::vector<double> numbers(const Json& json) {
        std::vector<double> numbers;
        for (const Json& element : array(json, "numbers")) {
            if (element.number() == nullptr) {
                fail("expected only numbers in 'numbers'");
                return {};
            }
            numbers.push_back(*element.number());
        }
        return numbers;
    }

    Step step(const Json& json) {
        allow(json, {"event", "any_event", "negated", "where", "within"});
        Step step;
        step.event = event(json);
        step.negated = flag(json, "negated");
        step.where = where(json);
        if (json.find("within") != nullptr) {
            step.within = period_member(json, "within");
        }
        return step;
    }

    Node::Kind population_part(const Json& json, PopulationKind kind) {
        if (kind != PopulationKind::ntile) {
            shape(json, {"operand"});
            return Population{kind, 0, Box(part(json, "operand"))};
        }
        shape(json, {"tiles", "operand"});
        const double tiles = number(json, "tiles");
        if (tiles != std::floor(tiles) || tiles < 1 || tiles > tiles_max) {
            fail("expected a whole number of tiles from 1 on");
            return Literal{};
        }
        return Population{kind, static_cast<int>(tiles), Box(part(json, "operand"))};
    }

    std::optional<Window> window(const Json& json) {
        const Json* found = json.find("window");
        if (found == nullptr) {
            return std::nullopt;
        }
        const Inside inside(*this, ".window");
        const std::string kind = text(*found, "kind");
        if (kind == "last" || kind == "first" || kind == "next") {
            allow(*found, {"kind", "count", "unit"});
            const Period length = period(*found);
            return kind == "last"    ? Window(LastWindow{length})
                   : kind == "first" ? Window(FirstWindow{length})
                                     : Window(NextWindow{length});
        }
        if (kind == "ago") {
            allow(*found, {"kind", "from", "to"});
            return AgoWindow{period_member(*found, "from"), period_member(*found, "to")};
        }
        if (kind == "since") {
            allow(*found, {"kind", "begin"});
            return SinceWindow{{moment(*found, "begin")}};
        }
        if (kind == "before") {
            allow(*found, {"kind", "end"});
            return BeforeWindow{{moment(*found, "end")}};
        }
        if (kind == "from_to") {
            allow(*found, {"kind", "begin", "end"});
            return FromToWindow{{moment(*found, "begin")}, {moment(*found, "end")}};
        }
        if (kind == "calendar") {
            allow(*found, {"kind", "unit", "previous"});
            return CalendarWindow{static_cast<TimeUnit>(choice(*found, "unit", units)),
                                  flag(*found, "previous")};
        }
        fail("unknown kind of window '" + kind + "'");
        return std::nullopt;
    }

    std::string path_ = "$";
    std::optional<Error> error_;
    int depth_ = 0;
    std::size_t nodes_ = 0;
    bool root_ = true;  ///< until the first part's members were looked at
};

}  // namespace

Result<Expression> expression_from_json(const Json& json) {
    TreeReader reader;
    const Expression tree = reader.read(json);
    if (reader.error()) {
        return *reader.error();
    }
    if (tree_depth(tree.root) > limits::expression_tree_depth_max) {
        return Error{ErrorCode::limit_exceeded, "too many operands in a row at $", std::nullopt};
    }
    // The text is the judge of what is a tree of the language; and its spans are what messages
    // point into.
    const std::string text = print(tree);
    auto parsed = parse(text);
    if (!parsed) {
        return Error{parsed.error().code,
                     "not an expression of the language at $: it would be written " + text + " (" +
                         parsed.error().message + ")",
                     std::nullopt};
    }
    if (!(*parsed == tree)) {
        return Error{ErrorCode::invalid_argument,
                     "not an expression of the language at $: written as " + text +
                         " it would be read as another one",
                     std::nullopt};
    }
    return parsed;
}

}  // namespace fineline::expr
