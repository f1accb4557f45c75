// A saved model that is loaded and asked for predictions.
import { load } from "rappel";

const model = await load("model");
globalThis.predictions = await (await model.predict([[1, 2]])).data();
