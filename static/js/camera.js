// The device's camera as a promise-based object. Knows nothing of the page.

const LONGEST_SIDE_PX = 1280;
const JPEG_QUALITY = 0.92;

const REASONS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

export class CameraError extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export class Camera {
  #stream = null;
  #isWanted = false;

  constructor(video) {
    this.video = video;
  }

  async start() {
    if (!window.isSecureContext) throw new CameraError("insecure");
    if (!navigator.mediaDevices?.getUserMedia) throw new CameraError("none");
    this.#isWanted = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } },
      });
      if (!this.#isWanted) {
        stopTracks(stream);
        return;
      }
      this.#stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      this.stop();
      throw new CameraError(REASONS[error.name] ?? "failed");
    }
  }

  get isRunning() {
    return this.#stream !== null;
  }

  stop() {
    this.#isWanted = false;
    if (this.#stream) stopTracks(this.#stream);
    this.#stream = null;
    this.video.srcObject = null;
  }

  /** The picture as the camera sees it (not mirrored), as a JPEG file; the camera is off afterwards. */
  async take(name) {
    const { videoWidth, videoHeight } = this.video;
    if (!videoWidth) throw new CameraError("failed");
    const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(videoWidth, videoHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    canvas.getContext("2d").drawImage(this.video, 0, 0, canvas.width, canvas.height);
    this.stop();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
    if (!blob) throw new CameraError("failed");
    return new File([blob], name, { type: "image/jpeg", lastModified: Date.now() });
  }
}

function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
