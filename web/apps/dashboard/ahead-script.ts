import { build, type Plugin, type Rolldown } from 'vite';

const PAGE = '/index.html';
const SOURCE = 'src/ahead/ahead.ts';
const FIRST_SCRIPT = '<script type="module"';
/** The server puts the nonce of each page there; the static demo leaves the script out. */
const OPENING = '<script nonce="__CSP_NONCE__">';

/** Writes the script that asks ahead into the dashboard's page, before the files that the page names. */
export function aheadScript(): Plugin {
  return {
    name: 'ahead-script',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      async handler(html, { path }) {
        if (path !== PAGE) return html;
        if (!html.includes(FIRST_SCRIPT)) throw new Error('ahead-script: the page has no script');
        const code = (await compiled()).trim();
        return html.replace(FIRST_SCRIPT, () => `${OPENING}${code}</script>\n    ${FIRST_SCRIPT}`);
      },
    },
  };
}

async function compiled(): Promise<string> {
  const output = (await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'warn',
    build: {
      write: false,
      copyPublicDir: false,
      rolldownOptions: { input: SOURCE, output: { format: 'iife' } },
    },
  })) as Rolldown.RolldownOutput;
  return output.output[0].code;
}
