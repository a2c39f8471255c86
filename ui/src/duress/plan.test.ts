/** The notebook of a second passphrase while it is being written. */
import { expect, it } from 'vitest';
import { Plan, Preparing } from './plan.svelte';

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

it('keeps what was written while another template is looked at', () => {
  const preparing = new Preparing();
  preparing.take('diary', template);
  const { plan } = preparing;
  plan.change(plan.notes[0]?.id ?? 0, { text: 'Rain, and twenty minutes of writing' });
  preparing.step = 'pick';
  preparing.take('household', { code: 'household', notes: [{ text: 'Rent', days_ago: 1 }] });
  expect(preparing.plan.written).toEqual([{ text: 'Rent', days_ago: 1 }]);
  preparing.take('diary', template);
  expect(preparing.plan.written[0]?.text).toBe('Rain, and twenty minutes of writing');
  expect(preparing.step).toBe('notes');
  expect(preparing.before).toBe('pick');
});

it('keeps nothing once it is set', () => {
  const preparing = new Preparing();
  preparing.take('own', null);
  preparing.plan.add();
  preparing.end();
  expect([preparing.step, preparing.picked, preparing.plan.notes.length]).toEqual(['about', null, 0]);
  preparing.take('own', null);
  expect(preparing.plan.notes).toHaveLength(1);
});
