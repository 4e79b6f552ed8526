/** Hands a file to the browser's downloads. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/tiff': '.tif',
  'image/avif': '.avif',
  'image/vnd.adobe.photoshop': '.psd',
};

/** `party.heic`, whose result is a JPEG, becomes `party-fixed.jpg`. */
export function resultName(file: File, result: Blob): string {
  const dot = file.name.lastIndexOf('.');
  const [stem, own] = dot > 0 ? [file.name.slice(0, dot), file.name.slice(dot)] : [file.name, ''];
  const extension = result === file || result.type === file.type ? own : (EXTENSIONS[result.type] ?? own);
  return `${stem}-fixed${extension}`;
}

/** A name that is not in `taken` yet: a second `a.jpg` becomes `a (2).jpg`. */
export function uniqueName(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf('.');
  let unique = name;
  for (let number = 2; taken.has(unique.toLowerCase()); number++) {
    unique = dot > 0 ? `${name.slice(0, dot)} (${number})${name.slice(dot)}` : `${name} (${number})`;
  }
  taken.add(unique.toLowerCase());
  return unique;
}
