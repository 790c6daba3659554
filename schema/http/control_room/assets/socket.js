// One connection of graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md), by hand.
// It knows nothing of coming back: link.js does.

const INIT_MS = 8000;

export class Connection {
  #socket;
  #operations = new Map(); // by id: {next, error, complete}
  #listener;
  #timer;
  #asked = 0;
  ready = false;

  /** `listener`: ready(), heard(), cursors(byId), closed(code, reason): the last comes once, whatever happened. */
  constructor(url, init, listener) {
    this.#listener = listener;
    this.#socket = new WebSocket(url, "graphql-transport-ws");
    this.#timer = setTimeout(() => this.close(4408, "no connection_ack"), INIT_MS);
    this.#socket.onopen = () => this.#send({ type: "connection_init", payload: init });
    this.#socket.onmessage = (event) => this.#hear(event.data);
    this.#socket.onclose = (event) => this.#end(event.code, event.reason);
  }

  /** Begin an operation; `sink` has next(result), error(errors) and complete(). */
  subscribe(id, query, variables, sink) {
    this.#operations.set(id, sink);
    this.#send({ id, type: "subscribe", payload: { query, variables } });
  }

  /** Stop an operation; nothing of it is heard any more. */
  complete(id) {
    if (this.#operations.delete(id)) this.#send({ id, type: "complete" });
  }

  /** One query and its answer; throws when there is none within `seconds`, or only errors. */
  ask(query, variables, seconds) {
    const id = `ask-${++this.#asked}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(id, reject, "no answer"), seconds * 1000);
      const over = (end) => (value) => {
        clearTimeout(timer);
        this.#operations.delete(id);
        end(value);
      };
      const fail = over(reject);
      this.subscribe(id, query, variables, {
        next: over(({ data, errors }) => (data ? resolve(data) : reject(refusal(errors)))),
        error: (errors) => fail(refusal(errors)),
        complete: () => fail(new Error("no answer")),
        closed: () => fail(new Error("the connection is gone")),
      });
    });
  }

  ping() {
    this.#send({ type: "ping" });
  }

  /** Close from our side; `closed` is told at once: a dead network never answers a close. */
  close(code, reason) {
    this.#socket.close(code < 4000 ? 1000 : code, reason);
    this.#end(code, reason);
  }

  #fail(id, reject, why) {
    this.complete(id);
    reject(new Error(why));
  }

  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #end(code, reason) {
    clearTimeout(this.#timer);
    const listener = this.#listener;
    this.#listener = null;
    this.ready = false;
    this.#socket.onmessage = null;
    const sinks = [...this.#operations.values()];
    this.#operations.clear();
    for (const sink of sinks) sink.closed?.();
    listener?.closed(code, reason);
  }

  #hear(text) {
    const message = JSON.parse(text);
    this.#listener.heard();
    const sink = this.#operations.get(message.id);
    switch (message.type) {
      case "connection_ack":
        clearTimeout(this.#timer);
        this.ready = true;
        this.#listener.ready();
        break;
      case "ping":
        this.#send({ type: "pong" });
        if (message.payload?.cursors) this.#listener.cursors(message.payload.cursors);
        break;
      case "next":
        sink?.next(message.payload);
        break;
      case "error":
        this.#operations.delete(message.id);
        sink?.error(message.payload);
        break;
      case "complete":
        this.#operations.delete(message.id);
        sink?.complete();
        break;
    }
  }
}

/** The first of some errors of GraphQL as an Error with its `code`. */
export function refusal(errors) {
  const { message, extensions } = errors?.[0] ?? { message: "no answer" };
  return Object.assign(new Error(message), { code: extensions?.code });
}
