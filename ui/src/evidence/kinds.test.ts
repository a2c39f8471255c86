/** How a file is shown, by its media type and name. */
import { expect, it } from 'vitest';
import { showing } from './kinds';

it.each([
  ['image/jpeg', 'a.jpg', 'image'],
  ['image/svg+xml', 'a.svg', 'text'],
  ['text/html', 'page.html', 'text'],
  ['video/mp4', 'a.mp4', 'video'],
  ['audio/ogg; codecs=opus', 'a.ogg', 'audio'],
  ['application/octet-stream', 'a.PDF', 'pdf'],
  ['', 'notes.txt', 'text'],
  ['application/zip', 'a.zip', 'none'],
])('%s %s is shown as %s', (media_type, name, how) => expect(showing({ media_type, name })).toBe(how));
