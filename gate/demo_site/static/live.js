// Live movements and counter messages. Added 2014, needs a modern browser.
(function () {
  var table = document.getElementById("movements");
  var messages = document.getElementById("messages");
  var streamState = document.getElementById("stream-state");
  var socketState = document.getElementById("socket-state");
  var MOST_ROWS = 12;
  var socket = null;

  function addCell(row, text, kind) {
    var cell = row.insertCell(-1);
    cell.appendChild(document.createTextNode(text));
    if (kind) { cell.className = kind; }
  }

  function showMovement(move) {
    var row = table.insertRow(1);
    addCell(row, move.time, "t");
    addCell(row, move.part, "t");
    addCell(row, move.description);
    addCell(row, (move.change > 0 ? "+" : "") + move.change, move.change < 0 ? "n low" : "n");
    addCell(row, move.where, "t");
    if (table.rows.length > MOST_ROWS + 1) { table.deleteRow(-1); }
  }

  function showMessage(message) {
    var line = document.createElement("p");
    line.appendChild(document.createTextNode(message.time + " " + message.who + ": " + message.text));
    messages.appendChild(line);
    messages.scrollTop = messages.scrollHeight;
  }

  function listen() {
    var stream = new EventSource("/live/events");
    stream.onopen = function () { streamState.firstChild.data = "open"; };
    stream.onerror = function () { streamState.firstChild.data = "interrupted"; };
    stream.onmessage = function (event) { showMovement(JSON.parse(event.data)); };
  }

  function connect() {
    var scheme = location.protocol === "https:" ? "wss://" : "ws://";
    socket = new WebSocket(scheme + location.host + "/ws");
    socket.onopen = function () { socketState.firstChild.data = "open"; };
    socket.onclose = function () {
      socketState.firstChild.data = "interrupted";
      window.setTimeout(connect, 3000);
    };
    socket.onmessage = function (event) {
      var heard = JSON.parse(event.data);
      if (heard.kind === "message") { showMessage(heard); }
    };
  }

  document.getElementById("say").onsubmit = function () {
    var field = document.getElementById("text");
    if (field.value && socket && socket.readyState === 1) {
      socket.send(field.value);
      field.value = "";
    }
    return false;
  };

  listen();
  connect();
}());
