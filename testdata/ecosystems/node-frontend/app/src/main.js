import names from "color-name";

const list = document.querySelector("ul");
for (const [name, rgb] of Object.entries(names).filter(([name]) => name.includes("green"))) {
  const row = document.createElement("li");
  row.textContent = name;
  row.style.color = `rgb(${rgb})`;
  list.append(row);
}
