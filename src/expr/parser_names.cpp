#include "expr/parser.h"
#include "expr/words.h"

// Traits, properties, events and the prefixes customer., account., context. and rfm.

namespace fineline::expr {

namespace {

std::string join(const std::vector<std::string>& parts, std::size_t from) {
    std::string path;
    for (std::size_t i = from; i < parts.size(); ++i) {
        path += (i == from ? "" : ".") + parts[i];
    }
    return path;
}

std::optional<NameScope> scope_of(std::string_view prefix) {
    if (prefix == "customer") {
        return NameScope::customer;
    }
    if (prefix == "account") {
        return NameScope::account;
    }
    if (prefix == "context") {
        return NameScope::context;
    }
    return std::nullopt;
}

}  // namespace

Parser::Path Parser::parse_path(std::string_view what) {
    Path path;
    if (!at_name()) {
        fail_expected(what);
        return path;
    }
    path.first_quoted = peek().kind == TokenKind::quoted_name;
    do {
        const Token& token = peek();
        if (token.kind == TokenKind::quoted_name) {
            path.any_dotted = path.any_dotted || token.value.find('.') != std::string::npos;
            path.parts.push_back(take().value);
        } else if (token.kind == TokenKind::word) {
            path.parts.emplace_back(take().text);
        } else {
            fail_expected("a name after the dot");
            return path;
        }
    } while (accept_symbol("."));
    return path;
}

Node Parser::parse_name() {
    const std::uint32_t begin = peek().at.begin;
    Path path = parse_path("a name");
    if (failed()) {
        return {};
    }
    if (!path.first_quoted && is_prefix_word(path.parts.front())) {
        if (path.parts.size() == 1) {
            fail_prefix(path.parts.front(), since(begin));
            return {};
        }
        if (path.parts.front() == "rfm") {
            return parse_rfm(path, begin);
        }
    }
    return make(to_name(std::move(path)), begin);
}

void Parser::fail_prefix(const std::string& word, SourceSpan at) {
    fail("'" + word + "' is the start of a longer name '" + word + "': write " + word + ".x, or `" +
             word + "` for a name of its own",
         at);
}

Name Parser::to_name(Path path) {
    Name name;
    std::size_t from = 0;
    if (!path.first_quoted && path.parts.size() > 1) {
        if (const auto scope = scope_of(path.parts.front())) {
            name.scope = *scope;
            from = 1;
        }
    }
    name.path = join(path.parts, from);
    // Backticks are remembered only where the name would mean something else without them.
    const bool plural = path.parts.size() > from + 1;
    const bool would_be_moment = in_where_ && from == 0 && !plural && path.first_quoted &&
                                 (is_moment_word(name.path) || is_weekday_word(name.path));
    const bool would_be_scoped = from == 0 && plural && path.first_quoted;
    name.quoted = path.any_dotted || would_be_moment || would_be_scoped;
    return name;
}

Node Parser::parse_rfm(const Path& path, std::uint32_t begin) {
    const std::string field = join(path.parts, 1);
    if (field == "recency") {
        return make(Rfm{RfmField::recency}, begin);
    }
    if (field == "frequency") {
        return make(Rfm{RfmField::frequency}, begin);
    }
    if (field == "monetary") {
        return make(Rfm{RfmField::monetary}, begin);
    }
    fail("unknown rfm score '" + field + "': there are rfm.recency, rfm.frequency and rfm.monetary",
         since(begin));
    return {};
}

std::string Parser::parse_single_name(std::string_view what) {
    if (!at_name()) {
        fail_expected(what);
        return {};
    }
    const Token& token = take();
    std::string name = token.kind == TokenKind::quoted_name ? token.value : std::string(token.text);
    if (peek().is_symbol(".")) {
        fail_here("a dot inside " + std::string(what) + " '" + name +
                  ".': write a name that holds a dot in backticks");
    }
    return name;
}

EventSelector Parser::parse_event(std::string_view after) {
    const Token& token = peek();
    if (token.is_symbol("*")) {
        fail_here("no event '*': write any to take all events");
        return {};
    }
    if (token.kind == TokenKind::string) {
        fail_here("an event name is not a text '" + token.value + "': write `" + token.value + "`");
        return {};
    }
    if (!at_name()) {
        fail_expected("an event after " + std::string(after));
        return {};
    }
    const bool any = peek().is_word("any");
    const Token& name = take();
    if (any) {
        return {{}, true, {name.at}};
    }
    const bool quoted = name.kind == TokenKind::quoted_name;
    return {quoted ? name.value : std::string(name.text), false, {name.at}};
}

}  // namespace fineline::expr
