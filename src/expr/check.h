#pragma once

#include "base/result.h"
#include "expr/ast.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::expr {

/// What a static check can tell of a node's type. `unknown_type`: a trait or property, known at run
/// time only.
enum class StaticType : std::uint8_t {
    unknown_type,
    boolean,
    number,
    string,
    timestamp,
    duration,
    list
};

/// Where an expression will be used: decides which constructs are legal.
enum class Use : std::uint8_t {
    segment,  ///< boolean, no `next` windows
    metric,   ///< of a purpose: number or boolean, `next` windows legal
    value,    ///< any type, e.g. for features and population functions; no `next`
    mapping,  ///< over a row: bare names are columns; no events, no segments; string() and number()
              ///< casts
};

/// What the checker may know of the world: names seen so far (for warnings and suggestions) and
/// segments.
struct Catalog {
    std::vector<std::string> events;
    std::vector<std::vector<std::string>> properties;  ///< per event of `events`
    std::vector<std::string> traits;
    std::vector<std::string> account_traits;
    std::vector<std::string> purposes;
    std::vector<std::string> holidays;
    /// The canonical text of a stored segment, or empty optional.
    std::function<std::optional<std::string>(std::string_view)> segment;
    std::vector<std::string> segment_names;
    bool names_known = false;  ///< false: no data at hand, so no warnings about names
};

struct Warning {
    std::string message;
    SourceSpan at;
};

/// What an expression reads: which of its parts an arriving record can change.
struct Dependencies {
    std::vector<std::string> events;  ///< sorted, distinct
    bool any_event = false;
    std::vector<std::string> traits;
    std::vector<std::string> account_traits;
    std::vector<std::string> purposes;
    std::vector<std::string> segments;  ///< direct references
    std::vector<std::string> context;
    bool population = false;  ///< percentile, rank, ntile, rfm
    bool clock = false;       ///< `now`, a window or since_…: may change without a record
};

/// A parsed expression that passed the checks: the only thing that runs. Immutable.
class CheckedExpression {
  public:
    [[nodiscard]] const Expression& expression() const { return expression_; }

    [[nodiscard]] Use use() const { return use_; }

    [[nodiscard]] StaticType type() const { return type_; }

    [[nodiscard]] const std::vector<Warning>& warnings() const { return warnings_; }

    [[nodiscard]] const Dependencies& dependencies() const { return dependencies_; }

    /// The canonical text.
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    friend Result<CheckedExpression> check(Expression expression, Use use, const Catalog& catalog);

    CheckedExpression(Expression expression, Use use)
        : expression_(std::move(expression)), use_(use) {}

    Expression expression_;
    Use use_;
    StaticType type_ = StaticType::unknown_type;
    std::vector<Warning> warnings_;
    Dependencies dependencies_;
    std::string text_;
};

/// Checks types, names, windows, where-contexts, segment cycles and the use. Errors:
/// invalid_argument with the span (unknown function or segment, clashing literals, empty window,
/// `next` in a segment …).
[[nodiscard]] Result<CheckedExpression> check(Expression expression,
                                              Use use,
                                              const Catalog& catalog);

/// Renders a warning like an error (see render_error): the line it points into, a caret, the
/// advice.
[[nodiscard]] std::string render_warning(const Warning& warning, std::string_view source);

/// parse, then check.
[[nodiscard]] Result<CheckedExpression> compile(std::string_view text,
                                                Use use,
                                                const Catalog& catalog);

}  // namespace fineline::expr
