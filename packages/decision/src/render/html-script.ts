/**
 * Sorts a table when one of its column buttons is used. Plain script for any browser: the page is
 * complete without it, and then simply does not sort.
 */
export const sortScript = `
document.querySelectorAll("table[data-sortable]").forEach(function (table) {
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  var status = document.getElementById("sort-status");
  heads.forEach(function (head, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      var body = table.tBodies[0];
      var key = function (row) {
        var cell = row.cells[column];
        return cell.getAttribute("data-sort") || cell.textContent;
      };
      Array.prototype.slice.call(body.rows)
        .sort(function (left, right) {
          var order = key(left).localeCompare(key(right), "en", { numeric: true });
          return down ? -order : order;
        })
        .forEach(function (row) { body.appendChild(row); });
      status.textContent = "Sorted by " + button.textContent + (down ? ", descending" : ", ascending");
    });
  });
});
`;
