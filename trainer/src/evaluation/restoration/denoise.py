"""denoise.py METHOD STRENGTH FOLDER FILES...: what `npm run evaluate:restoration` compares with."""

import os
import sys

import cv2


def bilateral(picture, strength):
    return cv2.bilateralFilter(picture, 9, strength, 5)


def nlmeans(picture, strength):
    return cv2.fastNlMeansDenoisingColored(picture, None, strength, strength, 7, 21)


def bm3d(picture, strength):
    import bm3d as library

    cleaned = library.bm3d_rgb(picture / 255.0, strength / 255.0)
    return (cleaned.clip(0, 1) * 255 + 0.5).astype("uint8")


method, strength, folder, *files = sys.argv[1:]
for file in files:
    cleaned = {"bilateral": bilateral, "nlmeans": nlmeans, "bm3d": bm3d}[method](cv2.imread(file), float(strength))
    cv2.imwrite(os.path.join(folder, os.path.basename(file)), cleaned)
