/** How a file can be shown here, told from its media type and, failing that, its name. */
export type Showing = 'image' | 'video' | 'audio' | 'pdf' | 'text' | 'none';

const images = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/bmp']);

/** SVG and HTML are shown as text only: they could carry programs. */
export function showing({ media_type, name }: { media_type: string; name: string }): Showing {
  const type = media_type.toLowerCase().split(';')[0]?.trim() ?? '';
  if (images.has(type)) return 'image';
  if (type.startsWith('video/')) return 'video';
  if (type.startsWith('audio/')) return 'audio';
  if (type === 'application/pdf' || /\.pdf$/i.test(name)) return 'pdf';
  if (type.startsWith('text/') || type === 'application/json' || type === 'image/svg+xml') return 'text';
  if (/\.(txt|md|csv|log|json|eml|srt)$/i.test(name)) return 'text';
  return 'none';
}
