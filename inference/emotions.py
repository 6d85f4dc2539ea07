"""The seven emotions, in one order everywhere, and the reasons for which a photo gets no reading."""

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

NOT_SCORED_REASONS = (
    "no_face",
    "several_faces",
    "blurred",
    "too_dark",
    "too_bright",
    "tilted",
    "face_too_small",
    "uncertain",
    "unreadable",
    "consent_missing",
    "not_allowed",
    "notice_missing",
    "face_off",
    "closed",
    "too_old",
    "restricted",
    "dead",
)
