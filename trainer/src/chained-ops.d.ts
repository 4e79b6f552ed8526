// Declares the chained tensor methods (`a.mul(b)`); the Node build of tfjs-core always registers them at run time.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
