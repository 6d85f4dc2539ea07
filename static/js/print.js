// Opens the browser's print dialogue once the page stands.
addEventListener("load", () => window.print());
