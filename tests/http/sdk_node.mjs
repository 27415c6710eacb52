// Sends one message of each type, or COUNT tracks, or without a pause, with Segment's SDK for Node; only its host is
// changed.
// usage: node sdk_node.mjs HOST WRITE_KEY each|COUNT         prints {"delivered": N, "errors": […]}
//        node sdk_node.mjs HOST WRITE_KEY stream FIRST       until its standard input ends; prints "sent" as well:
//                                                            five messages of each customer from u<FIRST> on
import { Analytics } from "@segment/analytics-node";

const [host, writeKey, what, first] = process.argv.slice(2);
// In a stream a request may meet one crash after the other.
const maxRetries = what === "stream" ? 100 : 10;
const analytics = new Analytics({ host, writeKey, flushAt: 6, flushInterval: 200, maxRetries });
const errors = [];
let delivered = 0;
let sent = 0;
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
} else if (what === "stream") {
  await stream();
} else {
  for (let number = 0; number < Number(what); number += 1) {
    analytics.track({ userId: `u${number % 7}`, event: "Counted", properties: { number } }, onDone);
  }
}
await analytics.closeAndFlush({ timeout: 900_000 });
console.log(JSON.stringify(what === "stream" ? { sent, delivered, errors } : { delivered, errors }));

// A few customers every 20 ms; what waits for its next try does not hold up the rest, up to a bound.
async function stream() {
  let over = false;
  process.stdin.on("end", () => (over = true)).resume();
  while (!over) {
    for (let some = 0; some < 4 && sent - delivered - errors.length < 12_000; some += 1) {
      const userId = `u${Number(first) + sent / 5}`;
      for (let number = 0; number < 5; number += 1, sent += 1) {
        analytics.track({ userId, event: "Counted", properties: { number } }, onDone);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
