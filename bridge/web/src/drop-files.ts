import { element } from './elements.ts';

/** Files that are dropped anywhere on the page (folders with what is in them), chosen or pasted. */
export function listenForFiles(onFiles: (files: readonly File[]) => void): void {
  const veil = element('drop-veil', HTMLDivElement);
  const show = (isOver: boolean): void => {
    document.body.classList.toggle('dropping', isOver);
    veil.hidden = !isOver || element('desk', HTMLElement).hidden;
  };
  addEventListener('dragover', (event) => {
    event.preventDefault();
    show(true);
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) show(false);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    show(false);
    void droppedFiles(event.dataTransfer).then(give);
  });
  addEventListener('paste', (event) => give([...(event.clipboardData?.files ?? [])]));
  for (const id of ['choose-files', 'add-files']) {
    const input = element(id, HTMLInputElement);
    input.addEventListener('change', () => {
      give([...(input.files ?? [])]);
      input.value = '';
    });
  }
  function give(files: readonly File[]): void {
    if (files.length > 0) onFiles(files);
  }
}

async function droppedFiles(transfer: DataTransfer | null): Promise<readonly File[]> {
  const entries = [...(transfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
  // Files from another page or from a test have no entries; they come as a plain list.
  if (entries.length === 0) return [...(transfer?.files ?? [])];
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry: FileSystemEntry): Promise<readonly File[]> {
  if (entry instanceof FileSystemFileEntry)
    return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  if (!(entry instanceof FileSystemDirectoryEntry)) return [];
  const reader = entry.createReader();
  const inside: FileSystemEntry[] = [];
  // Browsers return at most a hundred entries a call, and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    inside.push(...some.filter(({ name }) => !name.startsWith('.')));
  }
  return (await Promise.all(inside.map(filesOf))).flat();
}
