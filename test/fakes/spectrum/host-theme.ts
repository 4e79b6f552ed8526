/** Photoshop's four themes, as `prefers-color-scheme` names them. */
export type HostTheme = 'darkest' | 'dark' | 'light' | 'lightest';

interface Colors {
  readonly background: string;
  readonly text: string;
  readonly secondary: string;
  readonly border: string;
  readonly widgetBorder: string;
  readonly strong: string;
  readonly field: string;
}

const THEMES: Readonly<Record<HostTheme, Colors>> = {
  darkest: {
    ...{ background: '#323232', text: '#e8e8e8', secondary: '#b4b4b4', border: '#4a4a4a' },
    ...{ widgetBorder: '#6e6e6e', strong: '#e8e8e8', field: '#2a2a2a' },
  },
  dark: {
    ...{ background: '#535353', text: '#f4f4f4', secondary: '#d0d0d0', border: '#6b6b6b' },
    ...{ widgetBorder: '#8c8c8c', strong: '#f4f4f4', field: '#464646' },
  },
  light: {
    ...{ background: '#b8b8b8', text: '#1c1c1c', secondary: '#3a3a3a', border: '#9c9c9c' },
    ...{ widgetBorder: '#7e7e7e', strong: '#2c2c2c', field: '#c6c6c6' },
  },
  lightest: {
    ...{ background: '#f0f0f0', text: '#2c2c2c', secondary: '#5a5a5a', border: '#d2d2d2' },
    ...{ widgetBorder: '#b3b3b3', strong: '#4b4b4b', field: '#ffffff' },
  },
};

/** The variables that Photoshop gives a panel, and what the widget stand-ins need besides. */
export function themeCss(theme: HostTheme): string {
  const { background, text, secondary, border, widgetBorder, strong, field } = THEMES[theme];
  return `:root {
    --uxp-host-background-color: ${background}; --uxp-host-text-color: ${text};
    --uxp-host-text-color-secondary: ${secondary}; --uxp-host-border-color: ${border};
    --uxp-host-link-text-color: #4b9cf5; --uxp-host-widget-hover-background-color: ${field};
    --uxp-host-font-size: 13px; --uxp-host-font-size-smaller: 11px; --uxp-host-font-size-larger: 15px;
    --sp-border: ${widgetBorder}; --sp-strong: ${strong}; --sp-field: ${field}; --sp-accent: #1473e6; --sp-invalid: #e34850;
  }
  body { font-family: "Adobe Clean", "Source Sans Pro", "Liberation Sans", Arial, "DejaVu Sans Condensed", sans-serif; line-height: 1.35; }`;
}

/** A browser knows two colour schemes, UXP four: the style sheet's conditions are decided here instead. */
export function decideColorScheme(css: string, theme: HostTheme): string {
  return css.replace(/\(prefers-color-scheme:\s*(\w+)\)/g, (_all, name: string) =>
    name === theme ? 'all' : 'not all',
  );
}
