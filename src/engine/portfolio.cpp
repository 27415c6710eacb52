#include "engine/portfolio.h"

#include "base/text.h"
#include "engine/definition_change.h"
#include "engine/definitions.h"
#include "expr/check.h"
#include "expr/parse.h"
#include "mapping/portfolio_file.h"
#include "model/limits.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace fineline::engine {

namespace {

using columns::DefinitionEdit;
using columns::DefinitionVersion;
using columns::View;

/// The priority that a segment says it has; those that say none come last.
std::uint64_t order_of(const DefinitionVersion& segment) {
    std::uint64_t order = UINT64_MAX;
    const std::string_view text = segment.detail(order_detail);
    std::from_chars(text.data(), text.data() + text.size(), order);
    return order;
}

/// Names of the segments that belong to a purpose now, in order of priority.
std::vector<std::string> segments_of(const View& view, std::string_view purpose) {
    std::vector<std::pair<std::uint64_t, std::string>> found;
    for (const std::string& name : view.definition_names(segment_kind)) {
        const DefinitionVersion& segment = *view.newest_definition(segment_kind, name);
        if (segment.detail(purpose_detail) == purpose) {
            found.emplace_back(order_of(segment), name);
        }
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> names;
    for (auto& [order, name] : found) {
        names.push_back(std::move(name));
    }
    return names;
}

std::string unknown_purpose(const View& view, std::string_view name) {
    const std::vector<std::string> all = view.definition_names(purpose_kind);
    const std::string_view near =
        nearest(name, std::vector<std::string_view>(all.begin(), all.end()));
    return "no purpose '" + std::string(name) + "'" +
           (near.empty() ? ": `fineline purposes` lists them"
                         : ": did you mean '" + std::string(near) + "'?");
}

/// An error of an expression of the file, with its place there.
Error in_file(const Error& error,
              const mapping::MappingText& text,
              const std::string& what,
              const std::string& file) {
    const std::string place = text.line > 0 ? file + ":" + std::to_string(text.line) + ":" +
                                                  std::to_string(text.column) + ": "
                                            : file + ": ";
    return {error.code, place + what + ": " + expr::render_error(error, text.text), {}};
}

void add_detail(DefinitionVersion& version, std::string_view name, const std::string& text) {
    if (!text.empty()) {
        version.details.emplace_back(name, text);
    }
}

/// Reads the segments that expressions refer to directly.
std::vector<std::string> references(std::string_view text,
                                    expr::Use use,
                                    const expr::Catalog& catalog) {
    const auto checked = expr::compile(text, use, catalog);
    return checked ? checked->dependencies().segments : std::vector<std::string>();
}

/// A catalog that knows any segment: for reading references, whether they are sound or not.
expr::Catalog any_segment() {
    expr::Catalog catalog;
    catalog.segment = [](std::string_view) { return std::optional<std::string>("true"); };
    return catalog;
}

/// Makes the edits of one portfolio. One thread at a time.
class EditsMaker {
  public:
    EditsMaker(const std::shared_ptr<const View>& view,
               const mapping::Portfolio& portfolio,
               const std::string& file)
        : view_(view), portfolio_(portfolio), file_(file) {}

    Result<PortfolioEdits> run() {
        if (auto named = check_names(); !named) {
            return named.error();
        }
        draft();
        // The checker must see the new definitions of all segments, whichever it looks at.
        const auto drafted = columns::with_definitions(view_, edits_);
        if (auto checked = check_expressions(make_catalog(drafted)); !checked) {
            return checked.error();
        }
        std::erase_if(edits_, [this](const DefinitionEdit& edit) {
            const auto* current = current_definition(*view_, edit.kind, edit.name);
            return current != nullptr && same_definition(*current, edit.version);
        });
        PortfolioEdits made{.edits = edits_, .after = columns::with_definitions(view_, edits_)};
        if (auto sound = check_dependents(made.after, made.edits); !sound) {
            return sound.error();
        }
        return made;
    }

  private:
    Status check_names() const {
        if (portfolio_.segments.size() > limits::portfolio_segments_max) {
            return Error{ErrorCode::limit_exceeded,
                         file_ + ": a portfolio has at most " +
                             with_commas(limits::portfolio_segments_max) + " segments, not " +
                             with_commas(portfolio_.segments.size()),
                         {}};
        }
        if (auto named = check_definition_name(purpose_kind, portfolio_.purpose.name); !named) {
            return Error{named.error().code, file_ + ": " + named.error().message, {}};
        }
        for (const mapping::SegmentDefinition& segment : portfolio_.segments) {
            if (auto named = check_definition_name(segment_kind, segment.name); !named) {
                return Error{named.error().code, file_ + ": " + named.error().message, {}};
            }
            const auto* current = current_definition(*view_, segment_kind, segment.name);
            const std::string_view owner =
                current == nullptr ? std::string_view() : current->detail(purpose_detail);
            if (!owner.empty() && owner != portfolio_.purpose.name) {
                return Error{ErrorCode::conflict,
                             file_ + ": segment '" + segment.name + "' belongs to the purpose '" +
                                 std::string(owner) +
                                 "': give this one another name, or take it out of that portfolio "
                                 "first",
                             {}};
            }
        }
        return done;
    }

    /// Everything the portfolio says, and the end of what it no longer says; expressions as
    /// written.
    void draft() {
        edits_.push_back(
            {.kind = std::string(purpose_kind), .name = portfolio_.purpose.name, .version = {}});
        std::set<std::string> kept;
        for (std::size_t i = 0; i < portfolio_.segments.size(); ++i) {
            const mapping::SegmentDefinition& segment = portfolio_.segments[i];
            kept.insert(segment.name);
            DefinitionEdit& edit = edits_.emplace_back(DefinitionEdit{
                .kind = std::string(segment_kind), .name = segment.name, .version = {}});
            edit.version.text = segment.when.text;
            add_detail(edit.version, action_detail, segment.action);
            add_detail(edit.version, because_detail, segment.because);
            add_detail(edit.version, order_detail, std::to_string(i + 1));
            add_detail(edit.version, purpose_detail, portfolio_.purpose.name);
        }
        for (const std::string& name : segments_of(*view_, portfolio_.purpose.name)) {
            if (!kept.contains(name)) {
                DefinitionEdit& edit = edits_.emplace_back(
                    DefinitionEdit{.kind = std::string(segment_kind), .name = name, .version = {}});
                edit.version = *view_->newest_definition(segment_kind, name);
                edit.version.archived = true;
            }
        }
    }

    /// Checks every expression and puts its canonical form in its place.
    Status check_expressions(const expr::Catalog& catalog) {
        mapping::Purpose purpose = portfolio_.purpose;
        std::vector<std::string> warnings;
        for (const auto& [text, use, what] :
             {std::tuple{&purpose.metric, expr::Use::metric, "the metric"},
              std::tuple{&purpose.population, expr::Use::segment, "the population"}}) {
            if (text->empty()) {
                continue;
            }
            auto checked = expr::compile(text->text, use, catalog);
            if (!checked) {
                return in_file(checked.error(), *text, what, file_);
            }
            text->text = checked->text();
            for (const expr::Warning& warning : checked->warnings()) {
                warnings.push_back(std::string(what) + ": " + warning.message);
            }
        }
        edits_.front().version.text = mapping::to_yaml({.purpose = purpose, .segments = {}});
        edits_.front().version.warnings = std::move(warnings);
        for (std::size_t i = 0; i < portfolio_.segments.size(); ++i) {
            const mapping::SegmentDefinition& segment = portfolio_.segments[i];
            auto checked = expr::compile(segment.when.text, expr::Use::segment, catalog);
            if (!checked) {
                return in_file(
                    checked.error(), segment.when, "segment '" + segment.name + "'", file_);
            }
            DefinitionVersion& version = edits_[i + 1].version;
            version.text = checked->text();
            for (const expr::Warning& warning : checked->warnings()) {
                version.warnings.push_back(warning.message);
            }
        }
        return done;
    }

    const std::shared_ptr<const View>& view_;
    const mapping::Portfolio& portfolio_;
    const std::string& file_;
    std::vector<DefinitionEdit> edits_;
};

}  // namespace

Result<mapping::Portfolio> stored_portfolio(const View& view, std::string_view purpose) {
    const DefinitionVersion* stored = current_definition(view, purpose_kind, purpose);
    if (stored == nullptr) {
        return Error{ErrorCode::not_found, unknown_purpose(view, purpose), {}};
    }
    auto portfolio =
        mapping::parse_portfolio(stored->text, "purpose '" + std::string(purpose) + "'");
    if (!portfolio) {
        return Error{ErrorCode::corrupt, portfolio.error().message, {}};
    }
    for (const std::string& name : segments_of(view, purpose)) {
        const DefinitionVersion& segment = *view.newest_definition(segment_kind, name);
        portfolio->segments.push_back({.name = name,
                                       .when = {.text = segment.text},
                                       .because = std::string(segment.detail(because_detail)),
                                       .action = std::string(segment.detail(action_detail))});
    }
    return portfolio;
}

Result<PortfolioEdits> edits_of(const std::shared_ptr<const View>& view,
                                const mapping::Portfolio& portfolio,
                                const std::string& file) {
    return EditsMaker(view, portfolio, file).run();
}

Status check_dependents(const std::shared_ptr<const View>& after,
                        const std::vector<DefinitionEdit>& edits) {
    std::set<std::string> gone;
    for (const DefinitionEdit& edit : edits) {
        if (edit.kind == segment_kind && edit.version.archived) {
            gone.insert(edit.name);
        }
    }
    std::map<std::string, std::string> dependents;  // of each that goes, as a list for people
    const expr::Catalog catalog = any_segment();
    const auto see = [&](const std::string& who, std::string_view text, expr::Use use) {
        for (const std::string& name : references(text, use, catalog)) {
            if (gone.contains(name)) {
                std::string& list = dependents[name];
                list += (list.empty() ? "" : ", ") + who;
            }
        }
    };
    for (const std::string& name : after->definition_names(segment_kind)) {
        see("segment '" + name + "'",
            after->newest_definition(segment_kind, name)->text,
            expr::Use::segment);
    }
    for (const std::string& name : after->definition_names(purpose_kind)) {
        const auto stored = stored_portfolio(*after, name);
        if (stored) {
            see("the metric of '" + name + "'", stored->purpose.metric.text, expr::Use::metric);
            see("the population of '" + name + "'",
                stored->purpose.population.text,
                expr::Use::segment);
        }
    }
    std::string message;
    for (const auto& [name, list] : dependents) {
        message += (message.empty() ? "" : "\n") + ("segment '" + name) +
                   "' cannot go: these depend on it: " + list;
    }
    return message.empty() ? Status(done) : Status(Error{ErrorCode::conflict, message, {}});
}

std::vector<std::string> built_on(const View& view, std::string_view name) {
    const expr::Catalog catalog = any_segment();
    std::set<std::string> found;
    std::vector<std::string> open{std::string(name)};
    while (!open.empty()) {
        const std::string next = std::move(open.back());
        open.pop_back();
        const DefinitionVersion* segment = current_definition(view, segment_kind, next);
        if (segment == nullptr) {
            continue;
        }
        for (std::string& below : references(segment->text, expr::Use::segment, catalog)) {
            if (found.insert(below).second) {
                open.push_back(std::move(below));
            }
        }
    }
    return {found.begin(), found.end()};
}

}  // namespace fineline::engine
