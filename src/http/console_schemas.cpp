#include "http/console_schemas.h"

#include <array>

namespace fineline::http {

namespace {

constexpr std::array all{
    Schema{"apply_body",
           R"({"type":"object","properties":{"yaml":{"type":"string"},"plan":{"type":"string"}},)"
           R"("required":["yaml"],"additionalProperties":false})"},
    Schema{"check_body",
           R"({"type":"object","properties":{"expression":{"type":"string","minLength":1},)"
           R"("purpose":{"type":"string"}},"required":["expression"],)"
           R"("additionalProperties":false})"},
    Schema{"checked",
           R"({"type":"object","properties":{"canonical":{"type":"string"},"json":{},"sql":{)"
           R"("type":"object","properties":{"duckdb":{"type":["string","null"]},"why_not":{)"
           R"("type":["string","null"]}},"required":["duckdb","why_not"],)"
           R"("additionalProperties":false},"reads":{"type":"object","properties":{"events":{)"
           R"("type":"array","items":{"type":"string"}},"any_event":{"type":"boolean"},)"
           R"("traits":{"type":"array","items":{"type":"string"}},"account_traits":{)"
           R"("type":"array","items":{"type":"string"}},"consents":{"type":"array","items":{)"
           R"("type":"string"}},"segments":{"type":"array","items":{"type":"string"}},)"
           R"("context":{"type":"array","items":{"type":"string"}},"population":{)"
           R"("type":"boolean"},"clock":{"type":"boolean"}},"required":["events","any_event",)"
           R"("traits","account_traits","consents","segments","context","population","clock"],)"
           R"("additionalProperties":false},"warnings":{"type":"array","items":{"type":"object",)"
           R"("properties":{"message":{"type":"string"},"begin":{"type":"integer","minimum":0},)"
           R"("end":{"type":"integer","minimum":0}},"required":["message","begin","end"],)"
           R"("additionalProperties":false}}},"required":["canonical","json","sql","reads",)"
           R"("warnings"],"additionalProperties":false})"},
    Schema{"language",
           R"({"type":"object","properties":{"functions":{"type":"array","items":{)"
           R"("type":"object","properties":{"name":{"type":"string"},"takes":{"type":"string"},)"
           R"("summary":{"type":"string"},"example":{"type":"string"}},"required":["name",)"
           R"("takes","summary","example"],"additionalProperties":false}},"keywords":{)"
           R"("type":"array","items":{"type":"string"}}},"required":["functions","keywords"],)"
           R"("additionalProperties":false})"},
    Schema{"moved",
           R"({"type":"object","properties":{"since":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"complete":{"type":"boolean"},"segments":{"type":"array","items":{)"
           R"("type":"object","properties":{"name":{"type":"string"},"size":{"type":"integer",)"
           R"("minimum":0},"entered":{"type":"integer","minimum":0},"left":{"type":"integer",)"
           R"("minimum":0}},"required":["name","size","entered","left"],)"
           R"("additionalProperties":false}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["since","complete",)"
           R"("segments","freshness"],"additionalProperties":false})"},
    Schema{"overlaps",
           R"({"type":"object","properties":{"customers":{"type":"integer","minimum":0},)"
           R"("in_none":{"type":"integer","minimum":0},"left_out":{"type":"integer",)"
           R"("minimum":0},"segments":{"type":"array","items":{"type":"object","properties":{)"
           R"("name":{"type":"string"},"size":{"type":"integer","minimum":0}},)"
           R"("required":["name","size"],"additionalProperties":false}},"pairs":{"type":"array",)"
           R"("items":{"type":"object","properties":{"a":{"type":"string"},"b":{)"
           R"("type":"string"},"both":{"type":"integer","minimum":0},"jaccard":{)"
           R"("type":"number"},"share_of_a_in_b":{"type":"number"},"share_of_b_in_a":{)"
           R"("type":"number"}},"required":["a","b","both","jaccard","share_of_a_in_b",)"
           R"("share_of_b_in_a"],"additionalProperties":false}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["customers","in_none",)"
           R"("left_out","segments","pairs","freshness"],"additionalProperties":false})"},
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
    Schema{"segment_card",
           R"({"type":"object","properties":{"name":{"type":"string"},"size":{"type":"integer",)"
           R"("minimum":0},"members_sampled":{"type":"integer","minimum":0},"rest_sampled":{)"
           R"("type":"integer","minimum":0},"rows":{"type":"array","items":{"type":"object",)"
           R"("properties":{"what":{"type":"string"},"unit":{"type":"string","enum":["share",)"
           R"("days","number"]},"members":{"type":"number"},"rest":{"type":"number"},"index":{)"
           R"("type":["number","null"]},"low":{"type":"number"},"high":{"type":"number"}},)"
           R"("required":["what","unit","members","rest","index","low","high"],)"
           R"("additionalProperties":false}},"freshness":{)"
           R"("$ref":"#/components/schemas/freshness"}},"required":["name","size",)"
           R"("members_sampled","rest_sampled","rows","freshness"],"additionalProperties":false})"},
    Schema{"segment_flow",
           R"({"type":"object","properties":{"name":{"type":"string"},"from":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"to":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"complete":{"type":"boolean"},"entered":{"type":"integer","minimum":0},)"
           R"("left":{"type":"integer","minimum":0},"came_from":{"type":"array","items":{)"
           R"("type":"object","properties":{"segment":{"type":["string","null"]},"count":{)"
           R"("type":"integer","minimum":0}},"required":["segment","count"],)"
           R"("additionalProperties":false}},"went_to":{"type":"array","items":{"type":"object",)"
           R"("properties":{"segment":{"type":["string","null"]},"count":{"type":"integer",)"
           R"("minimum":0}},"required":["segment","count"],"additionalProperties":false}},)"
           R"("freshness":{"$ref":"#/components/schemas/freshness"}},"required":["name","from",)"
           R"("to","complete","entered","left","came_from","went_to","freshness"],)"
           R"("additionalProperties":false})"},
    Schema{"session",
           R"({"type":"object","properties":{"csrf":{"type":"string"},"expires_at":{)"
           R"("type":"string","description":"ISO 8601 instant; `never` and `always` stand for no)"
           R"( end and no beginning"}},"required":["csrf","expires_at"],)"
           R"("additionalProperties":false})"},
    Schema{"session_body",
           R"({"type":"object","properties":{"key":{"type":"string","minLength":1}},)"
           R"("required":["key"],"additionalProperties":false})"},
    Schema{"status",
           R"({"type":"object","properties":{"at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"started_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"uptime_s":{"type":"number"},"log_position":{"type":"integer",)"
           R"("minimum":0},"customers":{"type":"integer","minimum":0},"events":{)"
           R"("type":"integer","minimum":0},"segments":{"type":"integer","minimum":0},)"
           R"("quarantined":{"type":"integer","minimum":0},"watermark":{"type":["string",)"
           R"("null"],"description":"ISO 8601 instant; `never` and `always` stand for no end and)"
           R"( no beginning"},"lag_s":{"type":["number","null"]},"writing":{"type":"boolean"},)"
           R"("queue_batches":{"type":"integer","minimum":0},"sources":{"type":"array","items":{)"
           R"("type":"object","properties":{"source":{"type":"string"},"kept":{"type":"integer",)"
           R"("minimum":0},"duplicates":{"type":"integer","minimum":0},"rejected":{)"
           R"("type":"integer","minimum":0}},"required":["source","kept","duplicates",)"
           R"("rejected"],"additionalProperties":false}}},"required":["at","started_at",)"
           R"("uptime_s","log_position","customers","events","segments","quarantined",)"
           R"("watermark","lag_s","writing","queue_batches","sources"],)"
           R"("additionalProperties":false})"},
    Schema{"study",
           R"({"type":"object","properties":{"id":{"type":"string"},"kind":{"type":"string",)"
           R"("enum":["audit","curve","discover"]},"purpose":{"type":"string"},"method":{)"
           R"("type":"string"},"state":{"type":"string","enum":["queued","running","done",)"
           R"("failed","cancelled"]},"step":{"type":"string"},"fraction":{"type":["number",)"
           R"("null"]},"asked_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"ended_at":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"error":{"type":["string","null"]},"result":{"type":["object","null"]}},)"
           R"("required":["id","kind","purpose","method","state","step","fraction","asked_at",)"
           R"("ended_at","error","result"],"additionalProperties":false})"},
    Schema{"study_body",
           R"({"type":"object","properties":{"kind":{"type":"string","enum":["audit","curve",)"
           R"("discover"]},"purpose":{"type":"string"},"method":{"type":"string","enum":["tree",)"
           R"("kmeans","kmedoids","lca","rfm","value","occasions"]},)"
           R"("capacity":{"type":"integer","minimum":0},)"
           R"("segments":{"type":"integer","minimum":0},"seed":{"type":"integer","minimum":0},)"
           R"("at":{"type":"string"}},"required":["kind","purpose"],)"
           R"("additionalProperties":false})"},
    Schema{"study_list",
           R"({"type":"object","properties":{"studies":{"type":"array","items":{)"
           R"("$ref":"#/components/schemas/study_summary"}}},"required":["studies"],)"
           R"("additionalProperties":false})"},
    Schema{"study_summary",
           R"({"type":"object","properties":{"id":{"type":"string"},"kind":{"type":"string",)"
           R"("enum":["audit","curve","discover"]},"purpose":{"type":"string"},"method":{)"
           R"("type":"string"},"state":{"type":"string","enum":["queued","running","done",)"
           R"("failed","cancelled"]},"step":{"type":"string"},"fraction":{"type":["number",)"
           R"("null"]},"asked_at":{"type":"string",)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"ended_at":{"type":["string","null"],)"
           R"("description":"ISO 8601 instant; `never` and `always` stand for no end and no begi)"
           R"(nning"},"error":{"type":["string","null"]}},"required":["id","kind","purpose",)"
           R"("method","state","step","fraction","asked_at","ended_at","error"],)"
           R"("additionalProperties":false})"},
};

}  // namespace

std::span<const Schema> console_schemas() {
    return all;
}

}  // namespace fineline::http
