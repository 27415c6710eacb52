#include "engine/live_portfolio.h"

#include "engine/definitions.h"
#include "engine/settings.h"

#include <algorithm>
#include <array>

namespace fineline::engine {

namespace {

membership::Definition compile(const expr::Catalog& catalog,
                               std::string_view name,
                               const columns::DefinitionVersion& version) {
    membership::Definition definition;
    definition.name = std::string(name);
    definition.version = static_cast<std::uint32_t>(version.version);
    definition.text = version.text;
    definition.warnings = version.warnings;
    auto checked = expr::compile(version.text, expr::Use::segment, catalog);
    if (checked) {
        definition.checked = std::make_shared<const expr::CheckedExpression>(std::move(*checked));
    } else {
        definition.error = checked.error().message;
    }
    return definition;
}

/// Names in order of their first definition.
std::vector<std::string> names_by_age(const columns::View& view) {
    std::vector<std::string> names = view.definition_names("segment");
    std::ranges::stable_sort(names, {}, [&](const std::string& name) {
        return view.definition("segment", name).front().defined_at;
    });
    return names;
}

/// The settings that evaluation reads.
constexpr std::array<std::string_view, 5> evaluated{
    "time_zone", "customer_zone", "holidays", "purchase_event", "amount_property"};

}  // namespace

std::shared_ptr<const expr::Settings> PortfolioReader::settings(const columns::View& view) {
    std::vector<std::string> texts;
    for (const std::string_view name : evaluated) {
        texts.push_back(setting_value(view, name));
    }
    if (before_ != nullptr && texts == setting_texts_) {
        return before_->settings;
    }
    setting_texts_ = std::move(texts);
    auto settings = evaluation_settings(view);
    require(settings.has_value(), "stored settings were checked before they were stored");
    return std::make_shared<const expr::Settings>(std::move(*settings));
}

std::shared_ptr<const membership::Portfolio> PortfolioReader::read(
    const std::shared_ptr<const columns::View>& view) {
    auto portfolio = std::make_shared<membership::Portfolio>();
    portfolio->settings = settings(*view);
    portfolio->version = view->position().value();
    const expr::Catalog catalog = make_catalog(view);
    for (const std::string& name : names_by_age(*view)) {
        const columns::DefinitionVersion* newest = view->newest_definition("segment", name);
        const membership::Definition* known = before_ == nullptr ? nullptr : before_->find(name);
        if (known != nullptr && known->version == newest->version && known->checked != nullptr) {
            portfolio->segments.push_back(*known);
        } else {
            portfolio->segments.push_back(compile(catalog, name, *newest));
        }
    }
    before_ = portfolio;
    return portfolio;
}

Result<membership::Definition> PortfolioReader::version_of(
    const std::shared_ptr<const columns::View>& view,
    std::string_view name,
    std::uint32_t version) {
    const auto& versions = view->definition("segment", name);
    if (version == 0 || version > versions.size()) {
        return Error{
            ErrorCode::not_found,
            "the segment '" + std::string(name) + "' has no version " + std::to_string(version),
            {}};
    }
    membership::Definition definition = compile(make_catalog(view), name, versions[version - 1]);
    if (definition.checked == nullptr) {
        return Error{ErrorCode::invalid_argument, definition.error, {}};
    }
    return definition;
}

}  // namespace fineline::engine
