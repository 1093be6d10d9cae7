// One error for all that the booth's cryptography refuses. `code` is what the page turns into words.

export class Refused extends Error {
  constructor(code) {
    super(code);
    this.name = "Refused";
    this.code = code;
  }
}
