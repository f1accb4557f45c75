// Takes the references of primitives, their plain float64 loops, out of what pages import at once: there only the reference device and the
// search for wrong indices compute by them. A source of primitives becomes two modules: itself without the references of views and kernels
// (elementwise ones stay, for the compiler folds constants by them), and one with these references and what they use.
import { parseSync } from "rolldown/utils";
import { isSourceOfPrimitives, visit } from "./bundle-plugins.mjs";

/** The references that are cut: their primitives' names as code, and where they stand. */
function findReferences(program) {
  const found = [];
  visit(program, (node) => {
    if (node.type !== "CallExpression" || node.callee.name !== "definePrimitive") return;
    const properties = new Map(node.arguments[0].properties.map((each) => [each.key?.name, each]));
    const kind = properties.get("kind")?.value.value;
    const reference = properties.get("reference");
    if (reference && (kind === "view" || kind === "kernel"))
      found.push({ name: properties.get("name").value, reference });
  });
  return found;
}

/** The names that a piece of code refers to, besides those of properties. */
function namesIn(node) {
  const names = new Set();
  const properties = new Set();
  visit(node, (each) => {
    const { type, computed, shorthand } = each;
    if (type === "MemberExpression" && !computed) properties.add(each.property);
    if (type === "Property" && !computed && !shorthand) properties.add(each.key);
    if (type === "Identifier" && !properties.has(each)) names.add(each.name);
  });
  return names;
}

/** A statement of a module that declares names: `const` or a function, exported or not. */
function declaredBy(statement) {
  const declaration = statement.declaration ?? statement;
  if (declaration.type === "VariableDeclaration") return declaration.declarations.map(({ id }) => id.name);
  return declaration.type === "FunctionDeclaration" ? [declaration.id.name] : [];
}

/** A source of primitives without the references that are cut; others as they are. */
export function cutReferences(code, path) {
  if (!isSourceOfPrimitives(path)) return code;
  const found = findReferences(parseSync(path, code, { lang: "ts" }).program);
  return found.reduceRight((rest, { reference }) => {
    const end = reference.end + (rest[reference.end] === "," ? 1 : 0);
    return rest.slice(0, reference.start) + rest.slice(end);
  }, code);
}

/** The module with the references that are cut out of a source and what they use of it; undefined where there are none. */
export function moduleOfReferences(code, path) {
  if (!isSourceOfPrimitives(path)) return undefined;
  const { program } = parseSync(path, code, { lang: "ts" });
  const found = findReferences(program);
  if (found.length === 0) return undefined;
  const used = new Set(found.flatMap(({ name, reference }) => [...namesIn(name), ...namesIn(reference)]));
  const kept = new Set();
  for (let size = -1; size !== kept.size; ) {
    size = kept.size;
    for (const statement of program.body) {
      if (kept.has(statement) || !declaredBy(statement).some((name) => used.has(name))) continue;
      if (namesIn(statement).has("definePrimitive"))
        throw new Error(`${path}: a reference uses ${declaredBy(statement)}, which would be defined twice`);
      kept.add(statement);
      for (const name of namesIn(statement)) used.add(name);
    }
  }
  const text = ({ start, end }) => code.slice(start, end);
  const imports = program.body.filter(({ type }) => type === "ImportDeclaration");
  return [
    'import { provideReference } from "../reference-table.ts";',
    ...imports.flatMap(({ specifiers, source }) => {
      const needed = specifiers.filter(({ local }) => used.has(local.name)).map(text);
      return needed.length > 0 ? [`import { ${needed.join(", ")} } from ${text(source)};`] : [];
    }),
    ...program.body.filter((statement) => kept.has(statement)).map((each) => text(each.declaration ?? each)),
    ...found.map(({ name, reference }) => `provideReference(${text(name)}, { ${text(reference)} }.reference);`),
  ].join("\n");
}
