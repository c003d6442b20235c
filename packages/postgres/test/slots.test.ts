import { flushMicrotasks } from "@kinko/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Slots } from "../src/slots.js";

const { signal: never } = new AbortController();

test("lets as many in as there are slots, and the others in the order they came", async () => {
  const slots = new Slots(2);
  const entered: number[] = [];
  for (const index of [0, 1, 2, 3]) void slots.enter(never).then(() => entered.push(index));
  await flushMicrotasks();
  expect(entered).toEqual([0, 1]);
  expect(slots.waitingCount).toBe(2);
  slots.leave();
  await flushMicrotasks();
  expect(entered).toEqual([0, 1, 2]);
});

test("who gives up leaves the queue, and takes nobody's turn", async () => {
  const slots = new Slots(1);
  await slots.enter(never);
  const controller = new AbortController();
  const impatient = slots.enter(controller.signal);
  const patient = slots.enter(never);
  controller.abort();
  await expect(impatient).rejects.toMatchObject({ code: "Aborted" });
  await expect(slots.enter(controller.signal)).rejects.toMatchObject({ code: "Aborted" });
  slots.leave();
  await patient;
  expect(slots.waitingCount).toBe(0);
});

test("once closed it refuses who waits and who comes", async () => {
  const slots = new Slots(1);
  await slots.enter(never);
  const waiting = slots.enter(never);
  slots.close();
  const ended = { code: "Closed", reason: "pool-ended" };
  await expect(waiting).rejects.toMatchObject(ended);
  await expect(slots.enter(never)).rejects.toMatchObject(ended);
});

test("never lets more in than there are slots, nor anybody wait beside a free one", async () => {
  const step = fc.constantFrom("enter", "leave", "abort");
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step), async (max, steps) => {
      const slots = new Slots(max);
      const waits: AbortController[] = [];
      let inside = 0;
      let outside = 0;
      for (const each of steps) {
        if (each === "enter") {
          const wait = new AbortController();
          outside += 1;
          void slots.enter(wait.signal).then(
            () => {
              outside -= 1;
              inside += 1;
            },
            () => (outside -= 1),
          );
          waits.push(wait);
        } else if (each === "abort") {
          waits.shift()?.abort();
        } else if (inside > 0) {
          inside -= 1;
          slots.leave();
        }
        await flushMicrotasks();
        expect(inside).toBeLessThanOrEqual(max);
        expect(outside).toBe(slots.waitingCount);
        expect(outside === 0 || inside === max).toBe(true);
      }
    }),
  );
});
