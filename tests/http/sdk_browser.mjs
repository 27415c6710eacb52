// Loads Segment's SDK for browsers in a page of another origin, whose requests obey CORS, and sends.
// usage: node sdk_browser.mjs HOST:PORT WRITE_KEY       prints {"requests": […], "anonymousId": ID}
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { JSDOM, ResourceLoader } from "jsdom";

const [host, writeKey] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const folder = require.resolve("@segment/analytics-next/package.json").replace(/package\.json$/, "");

// The bundle asks for a part of itself; what comes with the package is given to it.
class Parts extends ResourceLoader {
  fetch(url, options) {
    const name = url.split("/").pop();
    if (url.startsWith("https://parts.example/")) {
      return Promise.resolve(readFileSync(`${folder}dist/umd/${name}`));
    }
    return super.fetch(url, options);
  }
}

const page = new JSDOM(
  `<!doctype html><html><head><script src="https://parts.example/index.js"></script></head><body></body></html>`,
  { url: "https://shop.example/start", runScripts: "dangerously", resources: new Parts(), pretendToBeVisual: true },
);
const { window } = page;
const requests = [];
const open = window.XMLHttpRequest.prototype.open;
window.XMLHttpRequest.prototype.open = function opened(method, url, ...rest) {
  requests.push({ method, url: String(url) });
  this.addEventListener("loadend", () => requests.push({ url: String(url), status: this.status }));
  return open.call(this, method, url, ...rest);
};
await new Promise((resolve) => window.addEventListener("load", resolve));
const { AnalyticsBrowser } = window.AnalyticsNext;
const [analytics] = await AnalyticsBrowser.load(
  { writeKey, cdnURL: `http://${host}` },
  { integrations: { "Segment.io": { apiHost: `${host}/v1`, protocol: "http" } } },
);
await analytics.identify("ada", { plan: "gold" });
await analytics.track("Order Completed", { total: 40 });
await analytics.page("Home");
await analytics.group("acme");
const anonymousId = analytics.user().anonymousId();
await new Promise((resolve) => setTimeout(resolve, 1500));
console.log(JSON.stringify({ requests, anonymousId }));
window.close();
process.exit(0);
