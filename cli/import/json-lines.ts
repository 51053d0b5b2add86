/** The lines, from 1, on which the objects of the outermost list of a JSON text begin. */
export function linesOfItems(json: string): number[] {
  const lines: number[] = [];
  let line = 1;
  let lists = 0;
  let objects = 0;
  let outer = 0;
  for (let i = 0; i < json.length; i += 1) {
    const sign = json[i];
    if (sign === '\n') line += 1;
    else if (sign === '"') i = endOfText(json, i);
    else if (sign === '[') {
      if (lists === 0) outer = objects;
      lists += 1;
    } else if (sign === ']') lists -= 1;
    else if (sign === '{') {
      if (lists === 1 && objects === outer) lines.push(line);
      objects += 1;
    } else if (sign === '}') objects -= 1;
  }
  return lines;
}

/** Where the text that begins here ends; what stands in it counts for nothing. */
function endOfText(json: string, start: number): number {
  let i = start + 1;
  while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i;
}
