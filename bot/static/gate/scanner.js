/* The camera: frames, the browser's own detector where there is one, else ZXing in WebAssembly. */
const EVERY = 120, WIDE = 1280;

/** A function (video) -> the texts of the codes in its picture. */
async function reader(wasm) {
  if ("BarcodeDetector" in self && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video)).map((each) => each.rawValue);
  }
  await ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, WIDE / video.videoWidth);
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    const found = await ZXingWASM.readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found.filter((each) => each.isValid).map((each) => each.text);
  };
}

export class Scanner {
  constructor(video, wasm, found) {
    Object.assign(this, { video, wasm, found, on: false, stream: null });
  }

  /** Throws what the browser says when there is no camera or none is allowed. */
  async start() {
    if (this.on) return;
    this.on = true;
    try {
      const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
      this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
      this.video.srcObject = this.stream;
      await this.video.play();
      this.read ??= await reader(this.wasm);
    } catch (error) {
      this.stop();
      throw error;
    }
    this.look();
  }

  async look() {
    if (!this.on) return;
    if (this.video.videoWidth) {
      const [text] = await this.read(this.video).catch(() => []);
      if (this.on && text) return this.found(text);
    }
    setTimeout(() => this.look(), EVERY);
  }

  stop() {
    this.on = false;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = this.video.srcObject = null;
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  torch(lit) {
    return this.track?.applyConstraints({ advanced: [{ torch: lit }] });
  }
}
