/**
 * The twin's events, and an EventTarget with `on…` attributes.
 */
export class SocketEvent extends Event {
  constructor(type, data) {
    super(type);
    this.data = data;
  }
}

export class ErrorEvent extends Event {
  constructor(error) {
    super("error");
    this.error = error;
  }
}

export class ConnectEvent extends Event {
  constructor(socket) {
    super("connect");
    this.socket = socket;
  }
}

/** What one read brought, lent while the handler runs. */
export class MessageBatch {
  #bytes;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  get length() {
    this.bytes;
    return 1;
  }

  get bytes() {
    if (this.#bytes === undefined) throw new Error("the handler has returned");
    return this.#bytes;
  }

  end() {
    this.#bytes = undefined;
  }
}

/** Gives a class the attributes `on` + type, as accessors of its prototype. */
export function defineAttributes(target, types) {
  for (const type of types) {
    const key = Symbol(`on${type}`);
    Object.defineProperty(target.prototype, `on${type}`, {
      get() {
        return this[key] ?? null;
      },
      set(handler) {
        if (this[key]) this.removeEventListener(type, this[key]);
        this[key] = handler;
        if (handler) this.addEventListener(type, handler);
      },
    });
  }
}
