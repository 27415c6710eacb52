// Sends one message of each type, or COUNT tracks, with Segment's SDK for Node; only its host is changed.
// usage: node sdk_node.mjs HOST WRITE_KEY each|COUNT       prints {"delivered": N, "errors": […]}
import { Analytics } from "@segment/analytics-node";

const [host, writeKey, what] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, flushAt: 6, flushInterval: 200, maxRetries: 10 });
const errors = [];
let delivered = 0;
analytics.on("error", (error) => errors.push(String(error.reason ?? error.code)));
const onDone = (error) => {
  if (error) errors.push(String(error));
  else delivered += 1;
};

if (what === "each") {
  analytics.identify({ userId: "ada", traits: { plan: "gold" } }, onDone);
  analytics.track({ userId: "ada", event: "Order Completed", properties: { total: 40 } }, onDone);
  analytics.page({ userId: "ada", name: "Home" }, onDone);
  analytics.screen({ userId: "ada", name: "Start" }, onDone);
  analytics.group({ userId: "ada", groupId: "acme", traits: { seats: 3 } }, onDone);
  analytics.alias({ userId: "ada", previousId: "old" }, onDone);
} else {
  for (let number = 0; number < Number(what); number += 1) {
    analytics.track({ userId: `u${number % 7}`, event: "Counted", properties: { number } }, onDone);
  }
}
await analytics.closeAndFlush({ timeout: 900_000 });
console.log(JSON.stringify({ delivered, errors }));
