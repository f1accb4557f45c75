/** The recipes by name. */
import { digitsRecipe } from "./digits.ts";
import { fashionMnistRecipe } from "./fashion-mnist.ts";
import type { Recipe } from "./recipe.ts";

export const recipes: readonly Recipe[] = [fashionMnistRecipe, digitsRecipe];

export const recipeNames: readonly string[] = recipes.map(({ name }) => name);

/** @throws Error If there is no recipe of that name. */
export function recipeOf(name: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (!recipe) throw new Error(`there is no recipe for "${name}"; there are ${recipeNames.join(", ")}`);
  return recipe;
}
