#include "expr/sql/sql.h"

#include "expr/sql/dialect.h"
#include "expr/sql/printer.h"

namespace fineline::expr {

namespace sql {

Printer::Printer(const Dialect& dialect, const SqlOptions& options)
    : dialect_(dialect), options_(options) {
    for (const char* table : {"events", "traits", "joins", "account_traits", "consents"}) {
        static_cast<void>(statement_.name_for(table));
    }
}

Result<std::string> Printer::print(const CheckedExpression& checked) {
    const Expression& expression = checked.expression();
    if (expression.on) {
        define_occasions(*expression.on);
    } else {
        define_customers();
    }
    if (options_.settings.customer_zone) {
        define_zones();
    }
    if (options_.purpose) {
        define_permitted();
    }
    Select members = root(expression.root);
    if (expression.on && expression.on->where) {
        const std::string chosen = chosen_occasions(*expression.on);
        members.from.join(chosen);
        members.conditions.push_back("coalesce(" + chosen + ".found, FALSE)");
    }
    members.tail = "ORDER BY " + frame_.keys;
    if (frame_.occasions) {
        members.columns = {{.text = "customer_id, occasions.now", .name = "time"},
                           {.text = "occasion", .name = "seq"}};
    }
    if (error_) {
        return *error_;
    }
    return statement_.text(members, frame_.keys) + "\n";
}

Fragment Printer::fail(const Node* at, std::string message) {
    if (!error_) {
        error_ = Error{ErrorCode::invalid_argument, std::move(message), {}};
        if (at != nullptr && open_segments_.empty()) {
            error_->at = at->at;
        }
    }
    return null_fragment();
}

Fragment Printer::unsayable(const Node& at, std::string_view construct) {
    return fail(
        &at,
        std::string(construct) + " cannot be said in the SQL of " + std::string(dialect_.title));
}

}  // namespace sql

Result<std::string> to_sql(const CheckedExpression& expression, const SqlOptions& options) {
    const sql::Dialect* dialect = sql::find_dialect(options.dialect);
    if (dialect == nullptr) {
        std::string known;
        for (const sql::Dialect* row : sql::dialects()) {
            known += (known.empty() ? "" : ", ") + std::string(row->name);
        }
        return Error{ErrorCode::not_found,
                     "no SQL dialect '" + options.dialect + "': there is " + known,
                     {}};
    }
    sql::Printer printer(*dialect, options);
    return printer.print(expression);
}

}  // namespace fineline::expr
