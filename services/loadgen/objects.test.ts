import assert from "node:assert/strict";
import { it } from "node:test";
import { objectsOf } from "./objects.ts";

const objects = (html: string, path = "/") => objectsOf(html, "server:8080", path);

it("a page names its images, scripts, style sheets, icons, frames and media, each once and in order", () => {
  const html = `<!doctype html><link rel="Shortcut Icon" href=/icon.png><link rel=stylesheet href="a.css">
    <link rel=next href=/next.html><script src=/b.js></script><script>x</script>
    <body background=/ground.gif><img src="1.png"><img SRC="/1.png"><img src="2.png?x=1#top">
    <a href="/not.html">no</a><input type=text src=/no.png><input type=IMAGE src=/button.png>
    <object data=o.svg></object><iframe src=frame.html></iframe><video src=v.webm><source src=w.webm></video>`;
  assert.deepEqual(objects(html), [
    ...["/icon.png", "/a.css", "/b.js", "/ground.gif", "/1.png", "/2.png?x=1", "/button.png"],
    ...["/o.svg", "/frame.html", "/v.webm", "/w.webm"],
  ]);
});

it("an object's address is relative to the page's, or to the base that the page names", () => {
  assert.deepEqual(objects("<img src=a.gif><img src=../b.gif>", "/pages/one.html"), ["/pages/a.gif", "/b.gif"]);
  assert.deepEqual(objects("<base href=/other/><img src=a.gif>", "/pages/one.html"), ["/other/a.gif"]);
});

it("what another host has, what is no address, and what is in the page itself is not fetched", () => {
  const html = `<img src="http://elsewhere/a.gif"><img src="//server:8080/own.gif"><img src="//server/port-80.gif">
    <img src="data:image/gif;base64,R0lG"><img src=""><img><img src="https://server:8080/b.gif"><img src="http://[">`;
  assert.deepEqual(objects(html), ["/own.gif"]);
});

it("a comment names nothing, and broken HTML what a browser sees in it", () => {
  assert.deepEqual(objects("<!-- <img src=/no.gif> --><p><table><img src=/yes.gif"), []);
  assert.deepEqual(objects("<p><table><img src=/yes.gif><tr></p>"), ["/yes.gif"]);
  assert.deepEqual(objects("&lt;img src=/no.gif&gt;<textarea><img src=/no.gif></textarea>"), []);
});
