/** Opens PDF files with the bundled reader and its worker: no network, no eval, no scripts from the file. */
import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import PdfWorker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker';

export type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';

export interface OpenPdf {
  document: PDFDocumentProxy;
  close: () => void;
}

export async function openPdf(data: Uint8Array): Promise<OpenPdf> {
  const port = new PdfWorker();
  const worker = pdfjs.PDFWorker.create({ port });
  const loading = pdfjs.getDocument({
    data,
    worker,
    isEvalSupported: false,
    enableXfa: false,
    disableAutoFetch: true,
    stopAtErrors: false,
    verbosity: 0,
  });
  const close = () => {
    void loading.destroy().finally(() => port.terminate());
  };
  try {
    return { document: await loading.promise, close };
  } catch (reason) {
    close();
    throw reason;
  }
}
