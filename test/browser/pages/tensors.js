// Tensors, operations and gradients without layers or models.
import { gradients, jit, ops, tensor, Variable } from "rappel";

const w = new Variable(tensor([[1], [2]]));
const step = jit((x, y) => {
  const loss = ops.mean(ops.square(ops.subtract(ops.matmul(x, w.value), y)));
  const [gradient] = gradients(loss, [w]);
  w.assign(ops.subtract(w.value, ops.multiply(gradient, 0.1)));
  return loss;
});
globalThis.loss = await step(tensor([[1, 2]]), tensor([[3]])).data();
