/**
 * JSON, as much of it as conformance scripts have: a line becomes a tree of values. What is no JSON
 * aborts the command, for a script that cannot be read must not be played in part.
 */

export class Json {
  isNull: bool = false;
  isTrue: bool = false;
  isText: bool = false;
  number: i64 = 0;
  text: string = "";
  items: Json[] = [];
  members: Map<string, Json> = new Map<string, Json>();

  has(name: string): bool {
    return this.members.has(name);
  }

  get(name: string): Json {
    assert(this.has(name), "a line lacks " + name);
    return this.members.get(name);
  }

  textOf(name: string, missing: string): string {
    return this.has(name) ? this.get(name).text : missing;
  }

  numberOf(name: string, missing: i64): i64 {
    return this.has(name) ? this.get(name).number : missing;
  }

  flagOf(name: string, missing: bool): bool {
    return this.has(name) ? this.get(name).isTrue : missing;
  }
}

export function parseJson(text: string): Json {
  return new Parser(text).whole();
}

class Parser {
  at: i32 = 0;

  constructor(public text: string) {}

  whole(): Json {
    const value = this.value();
    this.skipSpace();
    assert(this.at === this.text.length, "more than one value in a line");
    return value;
  }

  private peek(): i32 {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : -1;
  }

  private skipSpace(): void {
    while (this.peek() === 0x20 || this.peek() === 0x0d || this.peek() === 0x09) this.at++;
  }

  private takes(char: string): bool {
    this.skipSpace();
    if (this.peek() !== char.charCodeAt(0)) return false;
    this.at++;
    return true;
  }

  private value(): Json {
    const json = new Json();
    if (this.takes("{")) this.members(json);
    else if (this.takes("[")) this.items(json);
    else if (this.takes('"')) {
      json.isText = true;
      json.text = this.string();
    } else this.word(json);
    return json;
  }

  private members(json: Json): void {
    if (this.takes("}")) return;
    do {
      assert(this.takes('"'), "a member has a name");
      const name = this.string();
      assert(this.takes(":"), "a member has a value");
      json.members.set(name, this.value());
    } while (this.takes(","));
    assert(this.takes("}"), "an object ends");
  }

  private items(json: Json): void {
    if (this.takes("]")) return;
    do json.items.push(this.value());
    while (this.takes(","));
    assert(this.takes("]"), "a list ends");
  }

  private word(json: Json): void {
    const begin = this.at;
    let char = this.peek();
    while ((char >= 0x61 && char <= 0x7a) || (char >= 0x30 && char <= 0x39) || char === 0x2d) {
      this.at++;
      char = this.peek();
    }
    const word = this.text.substring(begin, this.at);
    json.isNull = word === "null";
    json.isTrue = word === "true";
    if (json.isNull || json.isTrue || word === "false") return;
    assert(word.length > 0 && (word < ":" || word.length > 1), "a value was expected");
    json.number = <i64>parseInt(word, 10);
    assert(json.number.toString() === word, "no number of ours: " + word);
  }

  private string(): string {
    let value = "";
    let begin = this.at;
    while (this.peek() !== 0x22) {
      assert(this.peek() >= 0, "a string ends");
      if (this.peek() === 0x5c) {
        value += this.text.substring(begin, this.at++) + this.escape();
        begin = this.at;
      } else this.at++;
    }
    return value + this.text.substring(begin, this.at++);
  }

  private escape(): string {
    const char = this.text.charAt(this.at++);
    if (char === "u") {
      this.at += 4;
      return String.fromCharCode(<i32>parseInt(this.text.substring(this.at - 4, this.at), 16));
    }
    if (char === "n") return "\n";
    if (char === "r") return "\r";
    if (char === "t") return "\t";
    if (char === "b") return "\b";
    if (char === "f") return "\f";
    return char;
  }
}
