import type { FakeDocument } from './fake-document.ts';
import { eachLayer, findLayer, type LayerState } from './layer-state.ts';
import type { FakeSession } from './fake-session.ts';
import { isEmptyRect, type Rect } from './surface.ts';

/** `app`, documents and layers as plugins see them: thin objects that look at the document each time they are asked. */
export function createApp(session: FakeSession): object {
  return {
    get activeDocument(): DocumentObject | null {
      const document = session.activeDocument;
      return document ? documentObject(session, document) : null;
    },
    set activeDocument(value: DocumentObject | null) {
      session.modal.require('activeDocument');
      if (value === null) throw new TypeError('activeDocument cannot be null');
      session.activate(session.openDocument(value.id));
    },
    get documents() {
      return session.documents.map((document) => documentObject(session, document));
    },
  };
}

interface DocumentObject {
  readonly id: number;
}

function documentObject(session: FakeSession, document: FakeDocument): DocumentObject {
  const check = (): FakeDocument => {
    if (!document.isOpen) throw new Error(`document ${document.id} is no longer open`);
    return document;
  };
  const object = (layer: LayerState): object => layerObject(session, document, layer.id);
  const facts = {
    mode: () => document.state.mode,
    bitsPerChannel: () => `bitDepth${document.state.bits}`,
    colorProfileName: () => session.profileName(document),
    colorProfileType: () => (document.state.profile === undefined ? 'none' : 'custom'),
    width: () => document.state.width,
    height: () => document.state.height,
    resolution: () => document.resolution,
    layers: () => document.state.layers.map(object),
    activeLayers: () => document.state.activeIds.map((id) => layerObject(session, document, id)),
    backgroundLayer: () => {
      const background = [...eachLayer(document.state.layers)].find(({ isBackground }) => isBackground);
      return background ? object(background) : null;
    },
    activeHistoryState: () => ({ id: document.activeHistoryId, name: document.history.at(-1)!.name }),
    historyStates: () => document.history.map(({ id, name }) => ({ id, name })),
    selection: () => selectionObject(session, document),
    title: () => document.title,
    quickMaskMode: () => document.state.isQuickMask === true,
    artboards: () => document.state.layers.filter(({ isArtboard }) => isArtboard === true).map(object),
    name: () => document.title,
  };
  const target = {
    id: document.id,
    typename: 'Document',
    createPixelLayer: async (options: { name?: string; opacity?: number } = {}) => {
      await session.enter('createPixelLayer');
      check();
      if (document.state.isQuickMask === true) throw new Error('The command "Make" is not currently available.');
      const layer = newLayer(session, {
        kind: 'pixel',
        name: options.name ?? 'Layer',
        opacity: options.opacity ?? 100,
      });
      document.insertAboveActive(layer);
      document.changed('New Layer');
      return object(layer);
    },
  };
  for (const [key, read] of Object.entries(facts)) {
    Object.defineProperty(target, key, {
      enumerable: true,
      get: () => {
        check();
        session.stateReads.push(document.id);
        return read();
      },
    });
  }
  return target;
}

/** An empty layer, in no document yet. */
export function newLayer(
  session: FakeSession,
  { kind, name, opacity = 100 }: { kind: string; name: string; opacity?: number },
): LayerState {
  return {
    id: session.ids.take(),
    name,
    kind,
    isBackground: false,
    visible: true,
    opacity,
    fillOpacity: 100,
    blendMode: 'normal',
    isClipping: false,
    isIgnored: session.options.ignoresNewLayers,
  };
}

function selectionObject(session: FakeSession, document: FakeDocument): object {
  return {
    typename: 'Selection',
    get bounds() {
      return document.state.selection?.rect ?? null;
    },
    deselect: async () => {
      await session.enter('selection.deselect');
      if (document.state.selection === undefined) throw new Error('The command "Deselect" is not currently available.');
      document.state.selection = undefined;
      document.changed('Deselect');
    },
  };
}

function layerObject(session: FakeSession, document: FakeDocument, id: number): object {
  const state = (): LayerState => document.layer(id);
  const place = () => findLayer(document.state.layers, id)!;
  const bounds = (): Rect => {
    const rect = document.boundsOf(state());
    return isEmptyRect(rect) ? { left: 0, top: 0, right: 0, bottom: 0 } : rect;
  };
  const modify = (what: string, change: (layer: LayerState) => void): void => {
    session.note(what);
    session.modal.require(what);
    change(state());
    document.changed(what);
  };
  return {
    id,
    typename: 'Layer',
    get name() {
      return state().name;
    },
    set name(value: string) {
      if (typeof value !== 'string' || value === '') throw new TypeError(`a layer's name is ${JSON.stringify(value)}`);
      if (value !== state().name) modify('layer.name', (layer) => (layer.name = value));
    },
    get kind() {
      return state().kind;
    },
    get visible() {
      return state().visible;
    },
    set visible(value: boolean) {
      if (value !== state().visible) modify('layer.visible', (layer) => (layer.visible = value));
    },
    get isBackgroundLayer() {
      return state().isBackground;
    },
    get allLocked() {
      return state().isLocked === true;
    },
    get bounds() {
      return bounds();
    },
    get boundsNoEffects() {
      return bounds();
    },
    get blendMode() {
      return state().blendMode;
    },
    get fillOpacity() {
      return state().fillOpacity;
    },
    get opacity() {
      return state().opacity;
    },
    set opacity(value: number) {
      if (!(value >= 0 && value <= 100)) throw new RangeError(`opacity is ${value}`);
      modify('layer.opacity', (layer) => (layer.opacity = value));
    },
    get isClippingMask() {
      return state().isClipping;
    },
    set isClippingMask(value: boolean) {
      const { index, siblings, layer } = place();
      if (value && (index === siblings.length - 1 || layer.isBackground))
        throw new Error('there is nothing to clip to');
      modify('layer.isClippingMask', (clipped) => (clipped.isClipping = value));
    },
    get parent() {
      const { parent } = place();
      return parent ? layerObject(session, document, parent.id) : null;
    },
    get layers() {
      return state().children?.map((child) => layerObject(session, document, child.id)) ?? null;
    },
    move: (relativeTo: { id: number }, placement: string) => {
      if (placement !== 'placeBefore') throw new Error(`the fake does not know placement ${placement}`);
      modify('layer.move', (layer) => {
        place().siblings.splice(place().index, 1);
        const target = findLayer(document.state.layers, relativeTo.id)!;
        target.siblings.splice(target.index, 0, layer);
      });
    },
    delete: () => {
      modify('layer.delete', () => {
        const { siblings, index } = place();
        siblings.splice(index, 1);
        document.state.activeIds = document.state.activeIds.filter((active) => active !== id);
      });
    },
  };
}
