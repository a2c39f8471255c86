import { expect, it } from 'vitest';
import { Plan } from './plan.svelte';

const template = { code: 'diary', notes: [{ text: 'Rain\nall day', days_ago: 0 }, { text: 'Beans', days_ago: 4 }] };

it('begins from a template, and tells what is still as in every copy of the app', () => {
  const plan = new Plan();
  plan.begin(template);
  expect(plan.written).toEqual(template.notes);
  expect(plan.untouched).toBe(2);
  plan.change(plan.notes[0]?.id ?? 0, { text: 'Rain\nall day, and the roof again' });
  expect(plan.untouched).toBe(1);
});

it('leaves the template as it was', () => {
  const plan = new Plan();
  plan.begin(template);
  plan.change(plan.notes[0]?.id ?? 0, { text: 'x' });
  plan.begin(template);
  expect(plan.written).toEqual(template.notes);
});

it('gives on what has words, newest first', () => {
  const plan = new Plan();
  plan.begin(null);
  expect(plan.written).toEqual([]);
  plan.change(plan.notes[0]?.id ?? 0, { text: 'Old\n', days_ago: 30 });
  const id = plan.add();
  plan.add();
  plan.change(id, { text: 'New', days_ago: 1 });
  expect(plan.written).toEqual([{ text: 'New', days_ago: 1 }, { text: 'Old', days_ago: 30 }]);
  expect(plan.untouched).toBe(0);
  plan.remove(id);
  expect(plan.written).toHaveLength(1);
});
