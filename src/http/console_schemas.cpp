#include "http/console_schemas.h"

#include <array>

namespace fineline::http {

namespace {

constexpr std::array all{
    Schema{"apply_body",
           R"({"type":"object","properties":{"yaml":{"type":"string"},"plan":{"type":"string"}},)"
           R"("required":["yaml"],"additionalProperties":false})"},
    Schema{"plan_body",
           R"({"type":"object","properties":{"yaml":{"type":"string"},"version":{)"
           R"("type":"integer","minimum":0}},"additionalProperties":false})"},
    Schema{"portfolio",
           R"({"type":"object","properties":{"version":{"type":"integer","minimum":0},)"
           R"("purposes":{"type":"array","items":{"type":"object","properties":{"purpose":{)"
           R"("type":"string"},"yaml":{"type":"string"},"error":{"type":["string","null"]},)"
           R"("segments":{"type":"array","items":{"type":"string"}}},"required":["purpose",)"
           R"("yaml","error","segments"],"additionalProperties":false}},"segments":{)"
           R"("type":"array","items":{"type":"object","properties":{"name":{"type":"string"},)"
           R"("expression":{"type":"string"},"purpose":{"type":["string","null"]},"because":{)"
           R"("type":["string","null"]},"action":{"type":["string","null"]}},"required":["name",)"
           R"("expression","purpose","because","action"],"additionalProperties":false}},)"
           R"("freshness":{"$ref":"#/components/schemas/freshness"}},"required":["version",)"
           R"("purposes","segments","freshness"],"additionalProperties":false})"},
    Schema{"portfolio_applied",
           R"({"type":"object","properties":{"plan":{"type":"string"},"at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"customers":{"type":"integer","minimum":0},"base_version":{)"
           R"("type":"integer","minimum":0},"nothing_to_change":{"type":"boolean"},)"
           R"("definitions":{"type":"array","items":{"type":"object","properties":{"kind":{)"
           R"("type":"string","enum":["purpose","segment"]},"name":{"type":"string"},"change":{)"
           R"("type":"string","enum":["added","changed","unchanged","gone","follows"]},)"
           R"("fields":{"type":"array","items":{"type":"object","properties":{"field":{)"
           R"("type":"string"},"before":{"type":"string"},"after":{"type":"string"}},)"
           R"("required":["field","before","after"],"additionalProperties":false}},"warnings":{)"
           R"("type":"array","items":{"type":"string"}},"expression":{"type":"string"},)"
           R"("size_before":{"type":"integer","minimum":0},"size_after":{"type":"integer",)"
           R"("minimum":0},"unknown_after":{"type":"integer","minimum":0},"entering":{)"
           R"("type":"integer","minimum":0},"entering_examples":{"type":"array","items":{)"
           R"("type":"string"}},"leaving":{"type":"integer","minimum":0},"leaving_examples":{)"
           R"("type":"array","items":{"type":"string"}}},"required":["kind","name","change",)"
           R"("fields","warnings"],"additionalProperties":false}},"overlaps":{"type":"array",)"
           R"("items":{"type":"object","properties":{"first":{"type":"string"},"second":{)"
           R"("type":"string"},"first_size":{"type":"integer","minimum":0},"second_size":{)"
           R"("type":"integer","minimum":0},"both":{"type":"integer","minimum":0},"jaccard":{)"
           R"("type":"number"},"containment":{"type":"number"}},"required":["first","second",)"
           R"("first_size","second_size","both","jaccard","containment"],)"
           R"("additionalProperties":false}},"warnings":{"type":"array","items":{)"
           R"("type":"string"}},"version":{"type":"integer","minimum":0},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["plan","at","customers",)"
           R"("base_version","nothing_to_change","definitions","overlaps","warnings","version",)"
           R"("freshness"],"additionalProperties":false})"},
    Schema{"portfolio_history",
           R"({"type":"object","properties":{"versions":{"type":"array","items":{)"
           R"("type":"object","properties":{"version":{"type":"integer","minimum":0},"at":{)"
           R"("type":"string","description":"ISO 8601 instant; `never` and `always` stand for no)"
           R"( end and no beginning"},"note":{"type":"string"},"definitions":{"type":"array",)"
           R"("items":{"type":"object","properties":{"kind":{"type":"string"},"name":{)"
           R"("type":"string"},"what":{"type":"string","enum":["added","changed","archived",)"
           R"("restored"]},"definition_version":{"type":"integer","minimum":0},"text":{)"
           R"("type":"string"}},"required":["kind","name","what","definition_version","text"],)"
           R"("additionalProperties":false}}},"required":["version","at","note","definitions"],)"
           R"("additionalProperties":false}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["versions","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"portfolio_plan",
           R"({"type":"object","properties":{"plan":{"type":"string"},"at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"customers":{"type":"integer","minimum":0},"base_version":{)"
           R"("type":"integer","minimum":0},"nothing_to_change":{"type":"boolean"},)"
           R"("definitions":{"type":"array","items":{"type":"object","properties":{"kind":{)"
           R"("type":"string","enum":["purpose","segment"]},"name":{"type":"string"},"change":{)"
           R"("type":"string","enum":["added","changed","unchanged","gone","follows"]},)"
           R"("fields":{"type":"array","items":{"type":"object","properties":{"field":{)"
           R"("type":"string"},"before":{"type":"string"},"after":{"type":"string"}},)"
           R"("required":["field","before","after"],"additionalProperties":false}},"warnings":{)"
           R"("type":"array","items":{"type":"string"}},"expression":{"type":"string"},)"
           R"("size_before":{"type":"integer","minimum":0},"size_after":{"type":"integer",)"
           R"("minimum":0},"unknown_after":{"type":"integer","minimum":0},"entering":{)"
           R"("type":"integer","minimum":0},"entering_examples":{"type":"array","items":{)"
           R"("type":"string"}},"leaving":{"type":"integer","minimum":0},"leaving_examples":{)"
           R"("type":"array","items":{"type":"string"}}},"required":["kind","name","change",)"
           R"("fields","warnings"],"additionalProperties":false}},"overlaps":{"type":"array",)"
           R"("items":{"type":"object","properties":{"first":{"type":"string"},"second":{)"
           R"("type":"string"},"first_size":{"type":"integer","minimum":0},"second_size":{)"
           R"("type":"integer","minimum":0},"both":{"type":"integer","minimum":0},"jaccard":{)"
           R"("type":"number"},"containment":{"type":"number"}},"required":["first","second",)"
           R"("first_size","second_size","both","jaccard","containment"],)"
           R"("additionalProperties":false}},"warnings":{"type":"array","items":{)"
           R"("type":"string"}},"freshness":{"$ref":"#/components/schemas/freshness"}},)"
           R"("required":["plan","at","customers","base_version","nothing_to_change",)"
           R"("definitions","overlaps","warnings","freshness"],"additionalProperties":false})"},
    Schema{"rollback_body",
           R"({"type":"object","properties":{"version":{"type":"integer","minimum":0}},)"
           R"("required":["version"],"additionalProperties":false})"},
    Schema{"session",
           R"({"type":"object","properties":{"csrf":{"type":"string"},"expires_at":{)"
           R"("type":"string","description":"ISO 8601 instant; `never` and `always` stand for no)"
           R"( end and no beginning"}},"required":["csrf","expires_at"],)"
           R"("additionalProperties":false})"},
    Schema{"session_body",
           R"({"type":"object","properties":{"key":{"type":"string","minLength":1}},)"
           R"("required":["key"],"additionalProperties":false})"},
};

}  // namespace

std::span<const Schema> console_schemas() {
    return all;
}

}  // namespace fineline::http
