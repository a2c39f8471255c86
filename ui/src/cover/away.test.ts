/** The page while another window has the focus. */
import { describe, expect, it, vi } from 'vitest';
import { watchAway, type Place } from './away';

/** A page with one field in it, whose web view takes the focus from what is hidden. */
function page(wanted = true) {
  const heard = new Map<string, () => void>();
  const classes = new Set<string>();
  const listen = {
    addEventListener: (type: string, run: unknown) => heard.set(type, run as () => void),
    removeEventListener: (type: string) => heard.delete(type),
  };
  const field = {
    isConnected: true,
    tagName: 'TEXTAREA',
    selectionStart: 3,
    selectionEnd: 5,
    focus: vi.fn(() => (document.activeElement = field as never)),
    setSelectionRange: vi.fn(),
  };
  const document = {
    ...listen,
    visibilityState: 'visible' as DocumentVisibilityState,
    focused: true,
    hasFocus: () => document.focused,
    activeElement: field as never,
    documentElement: {
      classList: {
        add: (name: string) => {
          classes.add(name);
          document.activeElement = null as never;
        },
        remove: (name: string) => void classes.delete(name),
        contains: (name: string) => classes.has(name),
      },
    },
  };
  const told: boolean[] = [];
  let said: (focused: boolean) => void = () => undefined;
  const shell = (run: (focused: boolean) => void) => {
    said = run;
    return () => (said = () => undefined);
  };
  const stop = watchAway({ wanted: () => wanted, shell, away: (is) => told.push(is) }, { window: listen, document } as unknown as Place);
  return { say: (focused: boolean) => said(focused), fire: (type: string) => heard.get(type)?.(), classes, field, document, told, stop, heard };
}

describe('a page that loses the focus', () => {
  it('is blank at once, and comes back with the caret where it was', () => {
    const { fire, classes, field, told } = page();
    fire('blur');
    expect(classes.has('away')).toBe(true);
    fire('focus');
    expect(classes.has('away')).toBe(false);
    expect(field.focus).toHaveBeenCalled();
    expect(field.setSelectionRange).toHaveBeenCalledWith(3, 5);
    expect(told).toEqual([true, false]);
  });

  it('stays when nobody asked for it', () => {
    const { fire, classes } = page(false);
    fire('blur');
    expect(classes.size).toBe(0);
  });

  it('is blank when the window is put away, and until it has the focus again', () => {
    const { fire, classes, document } = page();
    document.visibilityState = 'hidden';
    fire('visibilitychange');
    expect(classes.has('away')).toBe(true);
    document.visibilityState = 'visible';
    document.focused = false;
    fire('visibilitychange');
    expect(classes.has('away')).toBe(true);
    document.focused = true;
    fire('visibilitychange');
    expect(classes.has('away')).toBe(false);
  });

  it('is told once, however many signs there are', () => {
    const { fire, told, document } = page();
    fire('blur');
    document.visibilityState = 'hidden';
    fire('visibilitychange');
    fire('focus');
    expect(told).toEqual([true, false]);
  });

  it('stays while a list is open, unless the shell says that the window is away', () => {
    const { fire, say, classes, field } = page();
    field.tagName = 'SELECT';
    fire('blur');
    expect(classes.size).toBe(0);
    say(false);
    expect(classes.has('away')).toBe(true);
  });

  it('believes the shell too', () => {
    const { say, classes } = page();
    say(false);
    expect(classes.has('away')).toBe(true);
    say(true);
    expect(classes.size).toBe(0);
  });

  it('is never left blank by who stops watching', () => {
    const { fire, classes, stop, heard } = page();
    fire('blur');
    stop();
    expect(classes.size).toBe(0);
    expect(heard.size).toBe(0);
  });
});
